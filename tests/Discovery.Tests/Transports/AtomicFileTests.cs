using System.Diagnostics;
using System.Runtime.Versioning;
using Discovery.Transports;

namespace Discovery.Tests.Transports;

public sealed class AtomicFileTests
{
    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("discovery-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ReplacesTheWholeFileAndLeavesNothingBehind()
    {
        string path = Path.Combine(_folder, "state");
        Assert.That(AtomicFile.ReadBounded(path, 10), Is.Null);
        AtomicFile.WriteAllBytes(path, "a long first content"u8);
        AtomicFile.WriteAllBytes(path, "short"u8);
        Assert.That(AtomicFile.ReadBounded(path, 10), Is.EqualTo("short"u8.ToArray()));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void ReadsNoMoreThanTheBound()
    {
        string path = Path.Combine(_folder, "state");
        AtomicFile.WriteAllBytes(path, new byte[11]);
        Assert.That(() => AtomicFile.ReadBounded(path, 10), Throws.InstanceOf<IOException>().With.Message.Contains("longer than 10 bytes"));
        Assert.That(AtomicFile.ReadStart(path, 10), Has.Length.EqualTo(10));
        Assert.That(AtomicFile.ReadBounded(path, 11), Has.Length.EqualTo(11));
        AtomicFile.WriteAllBytes(path, default);
        Assert.That(AtomicFile.ReadBounded(path, 11), Is.Empty);
    }

    [Test]
    public void AFailureLeavesTheOldStateAndNoRest()
    {
        Assert.That(() => AtomicFile.WriteAllBytes(Path.Combine(_folder, "missing", "state"), "x"u8), Throws.InstanceOf<IOException>());
        string occupied = Path.Combine(_folder, "occupied");
        Directory.CreateDirectory(occupied);
        Assert.That(() => AtomicFile.WriteAllBytes(occupied, "x"u8), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo(new[] { occupied }));
    }

    [TestCase("/dev/null")]
    [TestCase("/dev/zero")]
    [TestCase("/proc")]
    [Platform("Linux")]
    public void WhatIsNoFileOfBytesIsNeitherReadNorReplaced(string path)
    {
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        Assert.That(() => AtomicFile.ReadBounded(link, 10), Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"));
        Assert.That(() => AtomicFile.WriteAllBytes(link, "x"u8), Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"));
        Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo(path));
    }

    [Test]
    [Platform("Linux")]
    public void APipeIsNotWaitedFor()
    {
        string pipe = Path.Combine(_folder, "pipe");
        using (Process make = Process.Start("mkfifo", [pipe]))
            make.WaitForExit();
        Assert.That(() => AtomicFile.ReadBounded(pipe, 10), Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"));
    }

    [Test]
    [Platform(Exclude = "Win"), UnsupportedOSPlatform("windows")]
    public void OnlyTheOwnerMayReadIt()
    {
        string path = Path.Combine(_folder, "state");
        AtomicFile.WriteAllBytes(path, "x"u8);
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
