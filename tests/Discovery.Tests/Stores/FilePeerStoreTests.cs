namespace Discovery.Tests.Stores;

public sealed class FilePeerStoreTests
{
    private string _folder = null!, _path = null!;
    private FilePeerStore _store = null!;

    [SetUp]
    public void Create()
    {
        _folder = Directory.CreateTempSubdirectory("discovery-").FullName;
        _path = Path.Combine(_folder, "peers");
        _store = new(_path);
    }

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task NothingWasEverSaved()
    {
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That((content.Peers.Count, content.Lost, content.Problem), Is.EqualTo((0, 0, (string?)null)));
        Assert.That((await new FilePeerStore(Path.Combine(_folder, "no", "such", "folder")).LoadAsync(default)).Problem, Is.Null);
    }

    [Test]
    public async Task TheLastSaveIsLoaded()
    {
        await _store.SaveAsync(StoredPeers.Create(3), default);
        await _store.SaveAsync(StoredPeers.Create(2), default);
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That(StoredPeers.Ids(content.Peers), Is.EqualTo(StoredPeers.Ids(StoredPeers.Create(2))), "the third one is gone on purpose");
        Assert.That(content.Problem, Is.Null);
        Assert.That(Directory.GetFiles(_folder).Order(), Is.EqualTo(new[] { _path, _path + ".previous" }));
    }

    [Test]
    public async Task ACrashBetweenTheRenamesLosesNothing()
    {
        await _store.SaveAsync(StoredPeers.Create(3), default);
        File.Move(_path, _path + ".previous");
        await File.WriteAllTextAsync($"{_path}.{Guid.NewGuid():N}.tmp", "half");
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That((content.Peers.Count, content.Problem), Is.EqualTo((3, (string?)null)));
        await new FilePeerStore(_path).SaveAsync(StoredPeers.Create(3), default);
        Assert.That(Directory.GetFiles(_folder).Order(), Is.EqualTo(new[] { _path, _path + ".previous" }), "what the crash left is gone");
    }

    [Test]
    public async Task WhatIsDamagedIsTakenFromTheSaveBefore()
    {
        await _store.SaveAsync(StoredPeers.Create(3), default);
        await _store.SaveAsync(StoredPeers.Create(4), default);
        byte[] file = await File.ReadAllBytesAsync(_path);
        await File.WriteAllBytesAsync(_path, file[..(file.Length / 3)]);
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That(StoredPeers.Ids(content.Peers), Is.EquivalentTo(StoredPeers.Ids(StoredPeers.Create(3))), "only what was new is lost");
        Assert.That(content.Problem, Does.Contain("peers are damaged").And.Contain("from the save before"));
        await File.WriteAllBytesAsync(_path, []);
        Assert.That((await _store.LoadAsync(default)).Peers, Has.Count.EqualTo(3));
        await File.WriteAllBytesAsync(_path + ".previous", []);
        Assert.That((await _store.LoadAsync(default)).Problem, Is.Not.Null);
    }

    [Test]
    public async Task WhatCannotBeReadIsToldAndTakenFromTheSaveBefore()
    {
        await _store.SaveAsync(StoredPeers.Create(3), default);
        File.Move(_path, _path + ".previous");
        Directory.CreateDirectory(_path);
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That((content.Peers.Count, content.Problem), Is.EqualTo((3, $"'{_path}' is not a regular file. 3 peers were taken from the save before.")));
        Assert.That(async () => await _store.SaveAsync([], default), Throws.InstanceOf<IOException>());
        Directory.Delete(_path);
        using (FileStream tooLong = File.Create(_path))
            tooLong.SetLength(FilePeerStore.MaxFileSize + 1L);
        File.Delete(_path + ".previous");
        content = await _store.LoadAsync(default);
        Assert.That((content.Peers.Count, content.Problem), Is.EqualTo((0, $"'{_path}' is longer than {FilePeerStore.MaxFileSize} bytes.")));
    }

    [Test]
    public async Task AFailedSaveSaysSoAndKeepsTheOldOne()
    {
        await _store.SaveAsync(StoredPeers.Create(3), default);
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        Assert.That(async () => await _store.SaveAsync([], cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await _store.LoadAsync(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await new FilePeerStore(Path.Combine(_folder, "no", "peers")).SaveAsync([], default), Throws.InstanceOf<IOException>());
        Assert.That((await _store.LoadAsync(default)).Peers, Has.Count.EqualTo(3));
        Assert.Throws<ArgumentException>(() => _ = new FilePeerStore(" "));
    }

    [Test]
    public async Task ManySavesAtOnceLeaveOneOfThem()
    {
        IReadOnlyList<StoredPeer> peers = StoredPeers.Create(8);
        await Task.WhenAll(Enumerable.Range(1, 8).Select(count => _store.SaveAsync([.. peers.Take(count)], default).AsTask()));
        PeerStoreContent content = await _store.LoadAsync(default);
        Assert.That(content.Problem, Is.Null);
        Assert.That(content.Peers, Is.Not.Empty);
    }
}
