using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>Strangers decide how often these paths run: none of them may leave anything to the garbage collector.</summary>
public class AllocationTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromHours(1);
    private static readonly PeerEndPoint s_stranger = PeerEndPoint.Parse("11.22.33.44:5555");
    private static readonly NodeId s_topic = NodeId.Parse("00112233445566778899aabbccddeeff00112233");

    private static readonly string[] s_datagrams =
    [
        "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n42:n6ee1:q9:find_node1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:<topic>e1:q9:get_peers1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q3:get1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q17:sample_infohashes1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti1e5:token8:12345678e1:q13:announce_peer1:t2:aa1:y1:qe",
        "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q6:future1:t2:aa1:y1:qe",
        "d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe",
        "d1:rd2:id20:abcdefghij0123456789e1:t4:aaaa1:y1:re",
        "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:q",
        "not bencode",
    ];

    [TestCaseSource(nameof(s_datagrams))]
    public void What_a_stranger_sends_allocates_nothing(string text)
    {
        KademliaNode node = CreateNode();
        byte[] datagram = Bytes(text), reply = new byte[1472];
        // The first ones make what is made once: token secrets, scratch space, the note to verify the stranger.
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
                node.Receive(datagram, s_stranger, s_now, reply);
        });
        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void Finding_the_nearest_allocates_nothing()
    {
        RoutingTable table = CreateNode().Family(true)!.Table;
        ushort[] nearest = new ushort[RoutingTable.K];
        int found = 0;
        long allocated = Allocations.Of(() =>
        {
            found = 0;
            for (int i = 0; i < 1000; i++)
                found += table.Closest(s_topic, nearest);
        });
        Assert.That(allocated, Is.Zero);
        Assert.That(found, Is.EqualTo(1000 * RoutingTable.K));
    }

    private static KademliaNode CreateNode()
    {
        Random random = new(1);
        // Without the flood guard, or one stranger would soon be heard no more.
        KademliaNode node = new(new KademliaOptions { Flood = null }, random, NodeId.CreateRandom(random), null, s_now);
        for (int i = 0; i < 400; i++)
            node.Family(true)!.Table.Answered(NodeId.CreateRandom(random), new PeerEndPoint(0x0B000001u + ((uint)i << 8), 6881), TimeSpan.FromMilliseconds(50), s_now);
        for (int i = 0; i < 100; i++)
        {
            PeerEndPoint peer = new(0x0C000001u + (uint)i, 6881);
            node.Peers.Add(s_topic, peer, peer, s_now);
        }
        return node;
    }

    private static byte[] Bytes(string text)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text.Replace("<topic>", "00112233445566778899", StringComparison.Ordinal));
        int at = text.IndexOf("<topic>", StringComparison.Ordinal);
        if (at >= 0)
            s_topic.TryFormat(bytes.AsSpan(at));
        return bytes;
    }
}
