namespace Discovery.Simulation.Engine;

/// <summary>The datagrams that are on their way, in a few large arrays: millions of them cost the garbage collector nothing.</summary>
internal sealed class DatagramPool
{
    private const int PerSlab = 1024;
    private const int CacheLine = 64;
    private static readonly int[] Sizes = [160, 448, 1536];

    private struct Header
    {
        public PeerEndPoint From, To;
        public short Length;
    }

    private sealed class SizeClass(int size)
    {
        public readonly int Size = size;
        public readonly List<byte[]> Slabs = [];
        public readonly List<Header[]> Headers = [];
        public readonly Stack<int> Free = [];
        public int Used;
    }

    private readonly SizeClass[] _classes = [.. Sizes.Select(static size => new SizeClass(size))];

    /// <summary>Datagrams on their way.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a datagram.</summary>
    /// <returns>What it is known by: at least 0.</returns>
    public int Add(ReadOnlySpan<byte> datagram, in PeerEndPoint from, in PeerEndPoint to)
    {
        int index = 0;
        while (Sizes[index] < datagram.Length)
            index++;
        SizeClass sizeClass = _classes[index];
        if (!sizeClass.Free.TryPop(out int cell))
        {
            cell = sizeClass.Used++;
            if (cell / PerSlab == sizeClass.Slabs.Count)
            {
                sizeClass.Slabs.Add(GC.AllocateUninitializedArray<byte>(PerSlab * sizeClass.Size));
                sizeClass.Headers.Add(new Header[PerSlab]);
            }
        }
        datagram.CopyTo(sizeClass.Slabs[cell / PerSlab].AsSpan(cell % PerSlab * sizeClass.Size));
        sizeClass.Headers[cell / PerSlab][cell % PerSlab] = new() { From = from, To = to, Length = (short)datagram.Length };
        Count++;
        return cell * Sizes.Length + index;
    }

    /// <summary>Reads a datagram. Its bytes stand until something is added after <see cref="Remove"/>.</summary>
    public ReadOnlySpan<byte> Read(int handle, out PeerEndPoint from, out PeerEndPoint to)
    {
        (int cell, int index) = Math.DivRem(handle, Sizes.Length);
        SizeClass sizeClass = _classes[index];
        ref readonly Header header = ref sizeClass.Headers[cell / PerSlab][cell % PerSlab];
        (from, to) = (header.From, header.To);
        return sizeClass.Slabs[cell / PerSlab].AsSpan(cell % PerSlab * sizeClass.Size, header.Length);
    }

    /// <summary>Reads what <see cref="Read"/> and the receiver will read soon; the result means nothing.</summary>
    public int Prefetch(int handle)
    {
        ReadOnlySpan<byte> datagram = Read(handle, out _, out _);
        int sum = datagram.Length;
        for (int i = 0; i < datagram.Length; i += CacheLine)
            sum += datagram[i];
        return sum;
    }

    /// <summary>Gives the place to others.</summary>
    public void Remove(int handle)
    {
        (int cell, int index) = Math.DivRem(handle, Sizes.Length);
        _classes[index].Free.Push(cell);
        Count--;
    }
}
