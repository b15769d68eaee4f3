using Camshaft.Engine.Files;
using Camshaft.Engine.Plugins;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Plugins;

public sealed class FolderFingerprintTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Each_change_of_a_file_is_another_fingerprint_wherever_it_lies()
    {
        Write("A.dll", "abc");
        Write("runtimes/native/liba.so", "abc");
        var fingerprints = new List<object?> { Compute() };
        void Change(Action action)
        {
            action();
            Assert.Equal(Compute(), Compute());
            fingerprints.Add(Compute());
        }

        Change(() => Write("A.dll", "abcd"));
        Change(() => Write("runtimes/native/libb.so", "abc"));
        Change(() => File.Move(Path.Combine(_directory.FullPath, "runtimes/native/libb.so"), Path.Combine(_directory.FullPath, "runtimes/libb.so")));
        Change(() => File.SetLastWriteTimeUtc(Path.Combine(_directory.FullPath, "A.dll"), DateTime.UnixEpoch));
        Change(() => File.Delete(Path.Combine(_directory.FullPath, "A.dll")));

        Assert.Equal(fingerprints.Count, fingerprints.Distinct().Count());
    }

    [Fact]
    public void A_folder_that_is_gone_has_none() => Assert.Null(FolderFingerprint.Compute(Path.Combine(_directory.FullPath, "absent")));

    [Fact]
    public void Files_cost_no_memory()
    {
        Write("A.dll", "abc");
        var one = Measure();
        for (var i = 0; i < 100; i++)
        {
            Write($"file{i}.so", "abc");
        }

        Assert.InRange(Measure() - one, -1000, 1000);
    }

    private DiskStamp? Compute() => FolderFingerprint.Compute(_directory.FullPath);

    private long Measure()
    {
        FolderFingerprint.Compute(_directory.FullPath);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FolderFingerprint.Compute(_directory.FullPath);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Write(string path, string text) => _directory.Write(path, System.Text.Encoding.UTF8.GetBytes(text));
}
