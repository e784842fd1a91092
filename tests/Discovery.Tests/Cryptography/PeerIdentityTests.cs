using System.Diagnostics;
using System.Runtime.Versioning;
using Discovery.Cryptography;
using Discovery.Tests.Support;

namespace Discovery.Tests.Cryptography;

public sealed class PeerIdentityTests
{
    // RFC 8410, 10.1 and 10.3.
    private const string SpecificationKey = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
    private const string SpecificationId = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("discovery-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_it_signs_verifies_under_its_id()
    {
        using PeerIdentity identity = PeerIdentity.Create(), other = PeerIdentity.Create();
        byte[] signature = new byte[Ed25519.SignatureSize];
        identity.Sign("hello"u8, signature);
        Assert.That(Ed25519.Verify(identity.Id.ToArray(), "hello"u8, signature));
        Assert.That(Ed25519.Verify(other.Id.ToArray(), "hello"u8, signature), Is.False);
        Assert.That(() => identity.Sign("hello"u8, new byte[63]), Throws.ArgumentException);
    }

    [Test]
    public void The_same_seed_is_the_same_identity()
    {
        // RFC 8032, 7.1, TEST 1.
        byte[] seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        using PeerIdentity identity = PeerIdentity.FromSeed(seed);
        Assert.That(identity.Id, Is.EqualTo(PeerId.Parse("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));
        Assert.That(() => PeerIdentity.FromSeed(seed.AsSpan(1)), Throws.ArgumentException);
    }

    [Test]
    public void Disposing_ends_signing_and_may_be_repeated()
    {
        PeerIdentity identity = PeerIdentity.Create();
        PeerId id = identity.Id;
        identity.Dispose();
        identity.Dispose();
        Assert.That(identity.Id, Is.EqualTo(id));
        Assert.That(() => identity.Sign("hello"u8, new byte[64]), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase("-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----\n")]
    [TestCase("-----BEGIN PRIVATE KEY-----\r\n{0}\r\n-----END PRIVATE KEY-----\r\n")]
    [TestCase("a comment\n-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----")]
    public void The_key_of_the_specification_is_read(string text)
    {
        using PeerIdentity identity = PeerIdentity.Load(Write(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, SpecificationKey)));
        Assert.That(identity.Id, Is.EqualTo(PeerId.Parse(SpecificationId)));
    }

    [TestCase("")]
    [TestCase("not a key")]
    [TestCase("-----BEGIN PRIVATE KEY-----\n")]
    [TestCase("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")]
    [TestCase("-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVh\n-----END PRIVATE KEY-----\n", Description = "A character is missing")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCAAAA\n-----END PRIVATE KEY-----\n", Description = "Three bytes too many")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n", Description = "X25519")]
    [TestCase("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n")]
    [TestCase("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END ENCRYPTED PRIVATE KEY-----\n")]
    public void Another_file_is_refused_and_left_alone(string text)
    {
        string path = Write(text);
        Assert.That(() => PeerIdentity.Load(path), Throws.TypeOf<DiscoveryException>().With.Message.Contains(path));
        Assert.That(() => PeerIdentity.LoadOrCreate(path), Throws.TypeOf<DiscoveryException>());
        Assert.That(File.ReadAllText(path), Is.EqualTo(text));
    }

    [Test]
    public void A_huge_file_is_refused_without_being_read()
    {
        string path = PathOf("huge");
        using (FileStream stream = File.Create(path))
            stream.SetLength(1L << 40);
        Assert.That(() => PeerIdentity.Load(path), Throws.TypeOf<DiscoveryException>());
    }

    [Test]
    public void A_missing_file_or_folder_is_an_io_error()
    {
        Assert.That(() => PeerIdentity.Load(PathOf("missing")), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => PeerIdentity.LoadOrCreate(Path.Combine(_folder, "missing", "key")), Throws.InstanceOf<IOException>());
        Assert.That(() => PeerIdentity.Load(""), Throws.ArgumentException);
    }

    [Test]
    public void A_created_file_is_read_again_and_leaves_nothing_beside_it()
    {
        string path = PathOf("schlüssel.pem");
        using PeerIdentity created = PeerIdentity.LoadOrCreate(path);
        byte[] text = File.ReadAllBytes(path);
        using PeerIdentity loaded = PeerIdentity.LoadOrCreate(path);
        Assert.That(loaded.Id, Is.EqualTo(created.Id));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(text));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { path }));
    }

    [Test, Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
    public void A_created_file_is_its_owners_only()
    {
        string path = PathOf("key");
        PeerIdentity.LoadOrCreate(path).Dispose();
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void All_who_race_for_a_file_get_the_same_identity()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = PathOf($"key{round}");
            PeerId[] ids = new PeerId[8];
            using Barrier barrier = new(ids.Length);
            Thread[] threads = [.. Enumerable.Range(0, ids.Length).Select(i => new Thread(() =>
            {
                barrier.SignalAndWait();
                using PeerIdentity identity = PeerIdentity.LoadOrCreate(path);
                ids[i] = identity.Id;
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            using PeerIdentity stored = PeerIdentity.Load(path);
            Assert.That(ids, Is.All.EqualTo(stored.Id));
        }
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(20));
    }

    [Test]
    public void OpenSsl_writes_what_is_read()
    {
        string path = PathOf("theirs");
        OpenSsl("genpkey", "-algorithm", "ed25519", "-out", path);
        using PeerIdentity identity = PeerIdentity.Load(path);
        Assert.That(PublicKeyOf(path), Is.EqualTo(identity.Id));
    }

    [Test]
    public void OpenSsl_reads_what_is_written_and_writes_the_same()
    {
        string path = PathOf("ours");
        using PeerIdentity identity = PeerIdentity.LoadOrCreate(path);
        Assert.That(PublicKeyOf(path), Is.EqualTo(identity.Id));
        Assert.That(OpenSsl("pkey", "-in", path), Is.EqualTo(File.ReadAllText(path)));
    }

    [TestCase("genpkey -algorithm x25519 -out")]
    [TestCase("genpkey -algorithm ed25519 -aes256 -pass pass:secret -out")]
    [TestCase("genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out")]
    public void Other_keys_of_OpenSsl_are_refused(string command)
    {
        string path = PathOf("other");
        OpenSsl([.. command.Split(' '), path]);
        Assert.That(() => PeerIdentity.Load(path), Throws.TypeOf<DiscoveryException>());
    }

    private static PeerId PublicKeyOf(string path)
    {
        string text = OpenSsl("pkey", "-in", path, "-noout", "-text");
        string digits = text[(text.IndexOf("pub:", StringComparison.Ordinal) + 4)..];
        return PeerId.Parse(string.Concat(digits.Where(char.IsAsciiHexDigit)));
    }

    private static string OpenSsl(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(External.Require("openssl", "apt-get install openssl"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd(), errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
        return output;
    }

    private string Write(string text)
    {
        string path = PathOf("key");
        File.WriteAllText(path, text);
        return path;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
