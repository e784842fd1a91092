using System.Security.Cryptography;

namespace Discovery.Kademlia;

/// <summary>Write tokens (BEP 5): HMAC-SHA-256(secret, address ‖ target) truncated to 8 bytes. Nothing is kept per token.</summary>
/// <remarks>A token holds for at least 5 and at most 10 minutes. The secrets come from the injected generator: on a real network that must be a cryptographic one.</remarks>
internal sealed class TokenJar(Random random) : IDisposable
{
    /// <summary>The length of a token in bytes.</summary>
    public const int TokenSize = 8;

    private static readonly TimeSpan SecretLifetime = TimeSpan.FromMinutes(5);

    // A keyed context hashes the key pads once and not per token, which halves the cost. Made on first use.
    private IncrementalHash? _current;
    private byte[]? _currentSecret;
    private byte[]? _previousSecret;
    private TimeSpan _rotated;

    /// <summary>Writes the token for an address (the port plays no part) and a target; <paramref name="token"/> must hold <see cref="TokenSize"/> bytes.</summary>
    public void Write(in PeerEndPoint address, in NodeId target, TimeSpan now, Span<byte> token)
    {
        IncrementalHash current = Rotate(now);
        Span<byte> message = stackalloc byte[16 + NodeId.Size];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        current.AppendData(Message(address, target, message));
        current.GetHashAndReset(mac);
        mac[..TokenSize].CopyTo(token);
    }

    /// <summary>Whether the token was written here for that address and target, under the present or the previous secret.</summary>
    public bool Check(ReadOnlySpan<byte> token, in PeerEndPoint address, in NodeId target, TimeSpan now)
    {
        if (token.Length != TokenSize || _current is null)
            return false;
        Span<byte> expected = stackalloc byte[TokenSize];
        Write(address, target, now, expected);
        if (CryptographicOperations.FixedTimeEquals(token, expected))
            return true;
        if (_previousSecret is null)
            return false;
        Span<byte> message = stackalloc byte[16 + NodeId.Size];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_previousSecret, Message(address, target, message), mac);
        return CryptographicOperations.FixedTimeEquals(token, mac[..TokenSize]);
    }

    /// <summary>Forgets the secrets; the jar stays usable and starts afresh.</summary>
    public void Dispose()
    {
        _current?.Dispose();
        _current = null;
        CryptographicOperations.ZeroMemory(_currentSecret);
        CryptographicOperations.ZeroMemory(_previousSecret);
        _currentSecret = _previousSecret = null;
    }

    private static ReadOnlySpan<byte> Message(in PeerEndPoint address, in NodeId target, Span<byte> buffer)
    {
        int length = address.IsIPv4 ? 4 : 16;
        address.WriteAddress(buffer);
        target.TryFormat(buffer[length..]);
        return buffer[..(length + NodeId.Size)];
    }

    private IncrementalHash Rotate(TimeSpan now)
    {
        if (_current is not null && now - _rotated < SecretLifetime)
            return _current;
        CryptographicOperations.ZeroMemory(_previousSecret);
        // After a long silence the last secret is older than its second term.
        bool keep = _current is not null && now - _rotated < 2 * SecretLifetime;
        if (!keep)
            CryptographicOperations.ZeroMemory(_currentSecret);
        byte[]? spare = _previousSecret;
        _previousSecret = keep ? _currentSecret : null;
        // Terms follow one another without a gap, so that a secret serves exactly two of them however rarely tokens are asked for.
        _rotated = keep ? _rotated + SecretLifetime : now;
        _currentSecret = spare ?? new byte[HMACSHA256.HashSizeInBytes];
        random.NextBytes(_currentSecret);
        _current?.Dispose();
        return _current = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _currentSecret);
    }
}
