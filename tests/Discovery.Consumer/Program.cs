using Discovery;

// What a stranger can do with the package alone; a wrong answer is a non-zero exit code.
NodeId id = NodeId.CreateRandom(new Random(7));
NodeId read = NodeId.Parse(id.ToString());
PeerEndPoint endPoint = PeerEndPoint.Parse("[2001:db8::1]:6881");
Console.WriteLine($"{read} at {endPoint}, {NodeId.CommonPrefixLength(id, read)} bits in common");
return read == id && endPoint.Port == 6881 ? 0 : 1;
