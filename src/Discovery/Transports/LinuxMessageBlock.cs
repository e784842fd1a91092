using System.Net.Sockets;
using static Discovery.Transports.LinuxSocketCalls;

namespace Discovery.Transports;

/// <summary>Native memory for one batch: headers, vectors, addresses and buffers, allocated once. Untouched pages never become real memory.</summary>
internal sealed unsafe class LinuxMessageBlock : IDisposable
{
    private readonly byte* _memory;
    private readonly nuint _size;
    private readonly IoVector* _vectors;
    private readonly uint _addressSize;

    /// <summary>A block of <paramref name="count"/> messages, each with a buffer, and one buffer to spare.</summary>
    public LinuxMessageBlock(int count, int bufferSize, AddressFamily family)
    {
        Count = count;
        _addressSize = (uint)RawSocketAddress.Size(family);
        nuint headers = (nuint)count * (nuint)sizeof(MultiMessageHeader), vectors = (nuint)count * (nuint)sizeof(IoVector), addresses = (nuint)count * RawSocketAddress.SizeIPv6;
        _size = headers + vectors + addresses + (nuint)(count + 1) * (nuint)bufferSize;
        _memory = Map(_size);
        byte* next = _memory;
        Headers = (MultiMessageHeader*)next;
        _vectors = (IoVector*)(next += headers);
        byte* address = next += vectors, buffer = next + addresses;
        for (int i = 0; i < count; i++, address += RawSocketAddress.SizeIPv6, buffer += bufferSize)
        {
            *(ushort*)address = SystemFamily(family);
            _vectors[i] = new() { Base = buffer, Length = (nuint)bufferSize };
            Headers[i].Header = new() { Name = address, NameLength = _addressSize, Vectors = _vectors + i, VectorCount = 1 };
        }
        Spare = buffer;
    }

    public int Count { get; }

    public MultiMessageHeader* Headers { get; }

    /// <summary>The buffer that belongs to no message.</summary>
    public byte* Spare { get; private set; }

    public Span<byte> Address(int index) => new(Headers[index].Header.Name, (int)_addressSize);

    public byte* Buffer(int index) => _vectors[index].Base;

    public void SetLength(int index, int length) => _vectors[index].Length = (nuint)length;

    /// <summary>Gives the spare buffer to a message, whose own becomes the spare.</summary>
    public void SwapSpare(int index)
    {
        byte* own = _vectors[index].Base;
        _vectors[index].Base = Spare;
        Spare = own;
    }

    /// <summary>Undoes what the kernel wrote into the headers, so that they can receive again.</summary>
    public void Reset(int used)
    {
        for (int i = 0; i < used; i++)
            Headers[i].Header.NameLength = _addressSize;
    }

    public void Dispose() => Unmap(_memory, _size);
}
