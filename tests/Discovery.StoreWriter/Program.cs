using System.Buffers.Text;
using Discovery;

// Saves the peers of one store in another, over and over, a generation a save, and tells each save that has completed. It ends when it is killed, or when nobody listens.
FilePeerStore store = new(args[1]);
PeerStoreContent seed = await new FilePeerStore(args[0]).LoadAsync(CancellationToken.None);
using Stream output = Console.OpenStandardOutput();
byte[] line = new byte[21];
for (int generation = int.Parse(args[2], null); ; generation++)
{
    // As in life some come late: each generation has one peer more.
    await store.SaveAsync([.. seed.Peers.Take(seed.Peers.Count / 2 + generation)], CancellationToken.None);
    Utf8Formatter.TryFormat(generation, line, out int length);
    line[length++] = (byte)'\n';
    output.Write(line.AsSpan(0, length));
}
