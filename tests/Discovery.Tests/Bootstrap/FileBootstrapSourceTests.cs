namespace Discovery.Tests.Bootstrap;

public sealed class FileBootstrapSourceTests
{
    private string _path = null!;

    [SetUp]
    public void CreatePath() => _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TearDown]
    public void Delete() => File.Delete(_path);

    [Test]
    public async Task ReadsTheLongForm()
    {
        string id = new PeerId(new byte[32]).ToString();
        BootstrapNode[] nodes = await Read($$"""
            // by hand
            { "comment": [1], "nodes": [
                { "endpoint": "node.example:6881", "id": "{{id}}", "region": "eu", "other": {} },
                { "Endpoint": "[2001:db8::1]:1" }, ] }
            """);
        Assert.That(nodes, Is.EqualTo(new BootstrapNode[]
        {
            new() { EndPoint = "node.example:6881", Id = new PeerId(new byte[32]), Region = "eu", Source = "file" },
            new() { EndPoint = "[2001:db8::1]:1", Source = "file" },
        }));
    }

    [TestCase("[\"a:1\", \"b:2\"]")]
    [TestCase("\uFEFF /* two */ [\"a:1\", \"b:2\",]")]
    public async Task ReadsAPlainArray(string json) => Assert.That((await Read(json)).Select(static node => node.EndPoint), Is.EqualTo(new[] { "a:1", "b:2" }));

    [TestCase("[]")]
    [TestCase("{\"nodes\":[]}")]
    public async Task MayBeEmpty(string json) => Assert.That(await Read(json), Is.Empty);

    [TestCase("", "line 1, byte 1")]
    [TestCase("{\n  \"nodes\": [ }", "line 2, byte 14")]
    [TestCase("[\"a:1\"", "line 1, byte 7")]
    [TestCase("[1]", "line 1, byte 3")]
    [TestCase("{\"nodes\":1}", "line 1, byte 11")]
    [TestCase("[\"a:1\"] x", "line 1, byte 9")]
    [TestCase("null", "no array 'nodes'")]
    [TestCase("{}", "no array 'nodes'")]
    [TestCase("[null]", "node 1")]
    [TestCase("[\"a:1\", \"b\"]", "node 2: 'b' is not host:port")]
    [TestCase("{\"nodes\":[null]}", "node 1")]
    [TestCase("{\"nodes\":[{\"region\":\"eu\"}]}", "node 1")]
    [TestCase("{\"nodes\":[{\"endpoint\":\"a:1\",\"id\":\"me\"}]}", "node 1: 'me' is not a peer id")]
    public void AMalformedFileIsNamedWithThePlace(string json, string place) =>
        Assert.That(async () => await Read(json), Throws.InstanceOf<DiscoveryException>().With.Message.Contains(_path).And.Message.Contains(place));

    [Test]
    public void AMissingFileIsNamed() => Assert.That(async () => await new FileBootstrapSource(_path).GetNodesAsync(default).ToArrayAsync(),
        Throws.InstanceOf<BootstrapException>().With.Message.Contains(_path).And.InnerException.InstanceOf<FileNotFoundException>());

    [Test]
    public void AFolderIsNotAFile() =>
        Assert.That(async () => await new FileBootstrapSource(Path.GetTempPath()).GetNodesAsync(default).ToArrayAsync(), Throws.InstanceOf<BootstrapException>());

    [Test]
    public async Task TheFileIsReadAnewEachTime()
    {
        FileBootstrapSource source = new(_path);
        await File.WriteAllTextAsync(_path, "[\"a:1\"]");
        Assert.That(await source.GetNodesAsync(default).ToArrayAsync(), Has.Length.EqualTo(1));
        await File.WriteAllTextAsync(_path, "[]");
        Assert.That(await source.GetNodesAsync(default).ToArrayAsync(), Is.Empty);
    }

    [Test]
    public void ACancelledReadIsCancelled()
    {
        File.WriteAllText(_path, "[]");
        Assert.That(async () => await new FileBootstrapSource(_path).GetNodesAsync(new(true)).ToArrayAsync(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task NoBytesMakeItThrowAnythingElse()
    {
        int taken = 0, refused = 0;
        Random random = new(7);
        byte[] json = System.Text.Encoding.UTF8.GetBytes($$"""{"nodes":[{"endpoint":"node.example:6881","id":"{{new PeerId(new byte[32])}}","region":"eu"},{"endpoint":"[::1]:1"}]}""");
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = json[..(random.Next(4) == 0 ? random.Next(1, json.Length) : json.Length)];
            for (int j = random.Next(3); j > 0; j--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_path, bytes);
            try
            {
                await new FileBootstrapSource(_path).GetNodesAsync(default).ToArrayAsync();
                taken++;
            }
            catch (BootstrapException)
            {
                refused++;
            }
        }
        Assert.That((taken, refused), Is.Not.EqualTo((0, 500)).And.Not.EqualTo((500, 0)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    public void ThePathIsNeeded(string? path) => Assert.That(() => new FileBootstrapSource(path!), Throws.InstanceOf<ArgumentException>());

    private async Task<BootstrapNode[]> Read(string json)
    {
        await File.WriteAllTextAsync(_path, json);
        return await new FileBootstrapSource(_path).GetNodesAsync(default).ToArrayAsync();
    }
}
