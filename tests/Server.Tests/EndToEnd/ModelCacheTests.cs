using System.Diagnostics;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>The model cache of a whole server, on disks that are as they should be and on others.</summary>
// Children inherit the environment, which the tests of the command line change.
[Collection(CommandLineCollection.Name)]
public sealed class ModelCacheTests : IDisposable
{
    private const string Prepared = "prepared: a load takes";
    private const string FromCache = "loaded from the model cache";
    private const string AsItIs = "it is served as it is";
    private const string Off = "The model cache is off";

    // The samples that ONNX Runtime runs.
    private const int ModelCount = 5;

    private readonly TempDirectory _directory = new();

    private string CachePath => Path.Combine(_directory.FullPath, "cache");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_one_server_has_prepared_the_next_one_maps()
    {
        Assert.Equal(ModelCount, Count(await ServeAsync([]), Prepared));
        Assert.Equal(ModelCount, Count(await ServeAsync([]), FromCache));
    }

    [Fact]
    public async Task Off_is_off()
    {
        var log = await ServeAsync([], "off");

        Assert.Equal(0, Count(log, Prepared) + Count(log, AsItIs) + Count(log, Off));
    }

    [Fact]
    public async Task The_users_cache_directory_is_the_default()
    {
        var log = await ServeAsync([], "", ("XDG_CACHE_HOME", CachePath));

        Assert.Equal(ModelCount, Count(log, Prepared));
        Assert.True(Directory.Exists(Path.Combine(CachePath, "camshaft", "onnxruntime", "entries")));
    }

    [Fact]
    public async Task The_services_cache_directory_goes_before_the_users()
    {
        await ServeAsync([], "", ("XDG_CACHE_HOME", Path.Combine(_directory.FullPath, "other")), ("CACHE_DIRECTORY", CachePath));

        Assert.True(Directory.Exists(Path.Combine(CachePath, "onnxruntime", "entries")));
    }

    [Fact]
    public async Task A_full_disk_costs_one_warning_and_no_model()
    {
        // Room for the small ones, as long as digits with its 400 kB of weights is not tried beside them.
        var log = await ServeAsync(InMountNamespace("mount -t tmpfs -o size=256k,mode=0700 none"), null, ("CAMSHAFT__CONCURRENTLOADS", "1"));

        AssertOneWarning(log);
        Assert.Equal(ModelCount - 1, Count(log, Prepared));
    }

    [Fact]
    public async Task A_disk_without_any_room_costs_one_warning_and_no_model()
    {
        // A file takes a page: there is none left for a manifest.
        var log = await ServeAsync(InMountNamespace("mount -t tmpfs -o size=4k,mode=0700 none"));

        AssertOneWarning(log);
        Assert.Equal(0, Count(log, Prepared));
    }

    [Fact]
    public async Task A_read_only_cache_is_read()
    {
        await ServeAsync([]);
        var log = await ServeAsync(InMountNamespace("""sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'"""));

        Assert.Equal(ModelCount, Count(log, FromCache));
        Assert.Equal(0, Count(log, AsItIs) + Count(log, Off));
    }

    [Fact]
    public async Task A_read_only_cache_without_the_models_costs_one_warning_and_no_model()
    {
        await ServeAsync([]);
        foreach (var entry in Directory.GetDirectories(Path.Combine(CachePath, "onnxruntime", "entries")))
        {
            Directory.Delete(entry, recursive: true);
        }

        var log = await ServeAsync(InMountNamespace("""sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'"""));

        AssertOneWarning(log);
    }

    [Fact]
    public async Task A_read_only_place_for_a_new_cache_turns_it_off()
    {
        var log = await ServeAsync(InMountNamespace("""sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'"""));

        Assert.Equal(1, Count(log, Off));
        Assert.Equal(0, Count(log, Prepared));
    }

    private static int Count(string log, string text) => log.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    private static void AssertOneWarning(string log) =>
        Assert.Contains(AsItIs, Assert.Single(log.Split('\n'), static line => line.Contains("warn:", StringComparison.Ordinal)), StringComparison.Ordinal);

    // A namespace of mounts is the server's own: nobody else sees the disk, and it is gone with the server.
    private string[] InMountNamespace(string mount)
    {
        Directory.CreateDirectory(CachePath);
        string[] enter = ["unshare", "--map-root-user", "--mount"];
        Assert.SkipUnless(OperatingSystem.IsLinux() && CanRun([.. enter, "mount", "-t", "tmpfs", "none", CachePath]), "Mounting is not allowed here.");
        return [.. enter, "sh", "-c", $"{mount} \"$0\" && exec \"$@\"", CachePath];

        static bool CanRun(string[] command)
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }

    /// <summary>Serves the samples once, and asks one that has weights and one that has none.</summary>
    /// <returns>The log.</returns>
    private async Task<string> ServeAsync(string[] launcher, string? cache = null, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(static pair => pair.Name, static pair => pair.Value);
        variables["CAMSHAFT__MODELCACHE"] = cache ?? CachePath;
        await using var server = ServerProcess.Start(_directory.FullPath, variables, launcher, ["serve", "--models", SampleModel.Repository, "--http-port", "0"]);
        var banner = await server.ReadBannerAsync();
        using var client = new InferenceClient(ServerProcess.FindHttpAddress(banner));
        Assert.DoesNotContain("failed", banner, StringComparison.Ordinal);
        Assert.Equal(SampleModel.SimpleOutputs, (await client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Outputs);
        var image = new Dictionary<string, TestTensor> { ["image"] = TestTensor.Ramp(1, 1, 28, 28) };
        Assert.NotEmpty((await client.InferAsync("digits", image, binary: true)).Outputs);
        await server.SignalAsync("TERM");
        var (exitCode, _, error) = await server.WaitForExitAsync();
        Assert.Equal(CamshaftCommand.Success, exitCode);
        return error;
    }
}
