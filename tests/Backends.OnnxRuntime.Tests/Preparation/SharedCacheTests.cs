using System.Diagnostics;
using System.Runtime.Versioning;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Preparation;

/// <summary>The directory of the cache: who may use it, how many at once, and how much of it.</summary>
public sealed class SharedCacheTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string CachePath => Path.Combine(_directory.FullPath, "cache");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Servers_that_prepare_one_model_at_once_agree_on_one_entry()
    {
        const int serverCount = 8;
        var path = Write("model.onnx", 1f);
        var servers = Enumerable.Range(0, serverCount).Select(_ => new CachedBackend(CachePath)).ToArray();
        using var start = new Barrier(serverCount);
        var models = new ILoadedModel[serverCount];
        var threads = Enumerable.Range(0, serverCount).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            models[index] = servers[index].Load(path);
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        Assert.Single(servers[0].Entries);
        Assert.Empty(servers[0].Leftovers);
        Assert.Equal(1, servers.Sum(static server => server.Count("prepared: a load takes")));
        Assert.All(servers, static server => Assert.Empty(server.Warnings));
        Assert.All(models, static model =>
        {
            Assert.Equal(2f, SumModel.Run(model));
            Assert.True(model.Footprint.MappedByteSize > 0);
            model.Dispose();
        });
        Array.ForEach(servers, static server => server.Dispose());
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first()
    {
        string[] paths = [Write("a.onnx", 1f), Write("b.onnx", 2f), Write("c.onnx", 3f)];
        long entryByteSize;
        using (var unbounded = new CachedBackend(CachePath))
        {
            unbounded.Load(paths[0]).Dispose();
            unbounded.Load(paths[1]).Dispose();
            Age(unbounded);
            entryByteSize = Directory.GetFiles(unbounded.Entries[0]).Sum(static file => new FileInfo(file).Length);
        }

        // Room for two and a half.
        using var backend = new CachedBackend(CachePath, entryByteSize * 5 / 2);
        backend.Load(paths[0]).Dispose();
        backend.Load(paths[2]).Dispose();
        Assert.Equal(2, backend.Entries.Length);

        backend.Load(paths[0]).Dispose();
        Assert.Equal(2, backend.Count("loaded from the model cache"));
        backend.Load(paths[1]).Dispose();
        Assert.Equal(2, backend.Count("prepared: a load takes"));
    }

    [Fact]
    public void A_model_that_is_larger_than_the_bound_is_served_as_it_is()
    {
        using var backend = new CachedBackend(CachePath, byteSizeLimit: 100);
        using var model = backend.Load(Write("model.onnx", 1f));

        Assert.Equal(2f, SumModel.Run(model));
        Assert.Contains("the model cache may take 100", Assert.Single(backend.Warnings), StringComparison.Ordinal);
        Assert.Empty(backend.Entries);
        Assert.Empty(backend.Leftovers);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_directory_is_made_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions.");
        using var backend = new CachedBackend(Path.Combine(CachePath, "deeper"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(CachePath, "deeper")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_that_others_can_open_is_not_used(UnixFileMode tooMuch)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions.");
        Directory.CreateDirectory(CachePath);
        File.SetUnixFileMode(CachePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | tooMuch);

        AssertOff("mode 0700");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_of_another_user_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can give a directory away.");
        Directory.CreateDirectory(CachePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var change = Process.Start("chown", ["65534", CachePath]))
        {
            change.WaitForExit();
            Assert.Equal(0, change.ExitCode);
        }

        AssertOff("of the server's own user");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_link_to_a_directory_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links are told apart there alone.");
        var target = Path.Combine(_directory.FullPath, "target");
        Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateSymbolicLink(CachePath, target);

        AssertOff("must be a directory");
    }

    [Fact]
    public void A_file_in_the_directorys_place_is_said_and_borne()
    {
        File.WriteAllText(CachePath, "");

        AssertOff(CachePath);
    }

    [Fact]
    public void What_a_killed_server_left_behind_is_removed_after_hours()
    {
        new CachedBackend(CachePath).Dispose();
        var old = Directory.CreateDirectory(Path.Combine(CachePath, "temporary", "old"));
        var recent = Directory.CreateDirectory(Path.Combine(CachePath, "temporary", "recent"));
        File.WriteAllText(Path.Combine(old.FullName, "model.onnx"), "");
        old.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-1);
        using var backend = new CachedBackend(CachePath);

        Assert.Equal([recent.FullName], backend.Leftovers);
    }

    private static void Age(CachedBackend backend) =>
        Array.ForEach(backend.Entries, static entry => File.SetLastWriteTimeUtc(Path.Combine(entry, "entry.json"), DateTime.UtcNow.AddHours(-1)));

    private void AssertOff(string reason)
    {
        using var backend = new CachedBackend(CachePath);
        using var model = backend.Load(Write("model.onnx", 1f));

        Assert.Equal(2f, SumModel.Run(model));
        Assert.Equal(0, model.Footprint.MappedByteSize);
        Assert.Contains(reason, Assert.Single(backend.Warnings), StringComparison.Ordinal);
    }

    private string Write(string name, float weight) => _directory.Write(name, SumModel.Create(weight).Build());
}
