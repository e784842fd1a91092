namespace Discovery.Kademlia;

/// <summary>The message that a peer signs to prove that it holds its key, here and now: <c>"discovery identify" ‖ 0x00 ‖ network ‖ nonce</c>.</summary>
internal static class IdentifyProof
{
    public const int NonceSize = 16;
    public const int MessageSize = 19 + NodeId.Size + NonceSize;

    public static void WriteMessage(in NodeId network, ReadOnlySpan<byte> nonce, Span<byte> message)
    {
        "discovery identify\0"u8.CopyTo(message);
        network.TryFormat(message[19..]);
        nonce.CopyTo(message[(19 + NodeId.Size)..]);
    }
}
