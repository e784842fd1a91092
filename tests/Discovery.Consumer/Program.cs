using Discovery;

// What a stranger can do with the package alone; a wrong answer is a non-zero exit code.
using PeerIdentity identity = PeerIdentity.Create();
SignedItem item = SignedItem.Create(identity, "consumer"u8, sequence: 1, "5:hello"u8);
PeerId read = PeerId.Parse(identity.Id.ToString());
Console.WriteLine($"{read} signed an item that is stored at {item.Target}");
return read == item.Key && item.Verify() && item.Target == SignedItem.ComputeTarget(read.ToArray(), "consumer"u8) ? 0 : 1;
