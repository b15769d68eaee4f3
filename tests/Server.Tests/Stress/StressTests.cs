using System.Diagnostics;
using System.Globalization;
using Camshaft.Engine.Models;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stress;

/// <summary>
/// Eight models, 32 clients that also leave, stall and hurry, loads and unloads in between. 30 seconds, or as many as
/// <c>CAMSHAFT_STRESS_SECONDS</c> says. Alone, since it measures the process.
/// </summary>
[CollectionDefinition(nameof(StressTests), DisableParallelization = true)]
[Collection(nameof(StressTests))]
public sealed class StressTests(ITestOutputHelper output)
{
    private const string SecondsVariable = "CAMSHAFT_STRESS_SECONDS";
    private const int ClientCount = 32;

    private const int SliceCount = 10;

    // What the allocators keep goes up and down by some 50 MB. A leak for each client that leaves would be 600 KB eight hundred
    // times in 30 seconds, one for each unload 5 MB a hundred times.
    private const long MemoryTolerance = 96L << 20;

    // The runtime's pool comes and goes by a few.
    private const int ThreadTolerance = 6;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly string[] ComeAndGo = ["mnist", "squeezenet", "shufflenet"];

    [Fact]
    public async Task Every_answer_is_right_and_nothing_is_left_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var duration = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "30", CultureInfo.InvariantCulture));
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> observe = (_, unhandled) => unobserved.Add(unhandled.Exception);
        TaskScheduler.UnobservedTaskException += observe;
        var server = await TestServer.StartAsync(TestData.ModelRepository, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
        });
        await using (server)
        {
            var tally = new StressTally();
            var mix = await StressMix.PrepareAsync(server);
            await RunAsync(server, mix, seed: 1, tally, WarmUp);
            var gauges = new List<ProcessGauge>();
            for (var slice = 0; slice < SliceCount; slice++)
            {
                await RunAsync(server, mix, seed: 1_000 * (slice + 1), tally, duration / SliceCount);
                await RestAsync(server);
                gauges.Add(ProcessGauge.Read());
            }

            output.WriteLine($"{tally}; at rest after each of {SliceCount} slices: {string.Join(", ", gauges)}");
            Assert.Empty(tally.Faults);
            Assert.All([StressClient.Answered, StressClient.Left, StressClient.NotLoaded, StressClient.TimedOut, StressReloader.Reloaded], outcome => Assert.NotEqual(0, tally[outcome]));
            var (early, late) = (gauges[..(SliceCount / 2)], gauges[(SliceCount / 2)..]);
            Assert.InRange(late.Max(static gauge => gauge.ThreadCount), 0, early.Max(static gauge => gauge.ThreadCount) + ThreadTolerance);
            Assert.InRange(late.Max(static gauge => gauge.AnonymousByteSize), 0, early.Max(static gauge => gauge.AnonymousByteSize) + MemoryTolerance);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= observe;
        Assert.Empty(unobserved);
        Assert.Empty(server.Errors.Messages);
    }

    private static async Task RunAsync(TestServer server, StressMix mix, int seed, StressTally tally, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        var reloader = new StressReloader(server.Client, ComeAndGo, seed, tally);
        var clients = Enumerable.Range(1, ClientCount).Select(number => new StressClient(server.Client.Address, mix, seed + number, ComeAndGo.ToHashSet(), tally));
        await Task.WhenAll([reloader.RunAsync(stop.Token), .. clients.Select(client => Task.Run(() => client.RunAsync(stop.Token)))]);
    }

    /// <summary>Waits until what the clients left behind is over: requests without a client, models that unload.</summary>
    private static async Task RestAsync(TestServer server)
    {
        await server.AssertNothingLeasedAsync();
        var clock = Stopwatch.StartNew();
        while (server.Engine.Models.List().SelectMany(static model => model.Versions).Any(static version => version.State is not (ModelState.Ready or ModelState.Unloaded)))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "A model did not come to rest.");
            await Task.Delay(20);
        }
    }
}
