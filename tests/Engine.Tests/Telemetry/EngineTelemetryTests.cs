using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Telemetry;

/// <summary>What readers see of a whole engine with the Sample plugin.</summary>
public sealed class EngineTelemetryTests : IAsyncLifetime
{
    private readonly TempDirectory _models = new();
    private InferenceEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        _models.Write("model/1/model.sample", "operation: identity\ndatatype: UINT8"u8.ToArray());
        _models.Write("broken/1/model.sample", Encoding.UTF8.GetBytes("operation: frobnicate"));
        var options = new EngineOptions { ModelDirectories = [_models.FullPath], PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins") };
        _engine = new InferenceEngine(options, NullLoggerFactory.Instance, TimeProvider.System, []);
        await _engine.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task A_reading_counts_requests_rows_and_bytes()
    {
        await RunAsync(5);
        await RunAsync(7);
        var model = Find("model");

        Assert.Equal((ModelState.Ready, 2L, 2L, 2L), (model.State, model.Counts.Requests, model.Counts.Successes, model.Counts.Executions));
        Assert.Equal((12L, 12L), (model.Counts.InputByteSize, model.Counts.OutputByteSize));
        Assert.Equal((0, 0, 0), (model.QueueDepth, model.PendingCount, model.RunningCount));
        Assert.True(model.QueueLimit > 0);
    }

    [Fact]
    public void What_could_not_be_loaded_is_listed_with_its_reason()
    {
        var broken = Find("broken");

        Assert.Equal(ModelState.Failed, broken.State);
        Assert.Contains("frobnicate", broken.Reason, StringComparison.Ordinal);
        Assert.Contains(_engine.Telemetry.Read().Plugins, static plugin => plugin is { Name: "Sample", State: PluginState.Loaded });
    }

    [Fact]
    public async Task Requests_that_have_begun_are_pending_until_they_are_disposed()
    {
        using (var request = Create())
        {
            Assert.Equal(1, Find("model").PendingCount);
        }

        await RunAsync(1);
        Assert.Equal(0, Find("model").PendingCount);
    }

    [Fact]
    public async Task Runs_are_read_once_each_from_the_first_reading_on()
    {
        await RunAsync(1);
        List<CompletedRun> runs = [];
        var position = _engine.Telemetry.ReadRuns(null, runs);
        Assert.Empty(runs);

        await RunAsync(1);
        await RunAsync(1);
        position = _engine.Telemetry.ReadRuns(position, runs);
        Assert.Equal(2, runs.Count);
        Assert.All(runs, static run => Assert.True(run is { ModelName: "model", Version: 1, Rows: 1, Succeeded: true } && run.Taken <= run.Started && run.Started <= run.Ended));
        Assert.Contains((runs[0].Device, runs[0].Lane), _engine.Telemetry.Read().Lanes.Select(static lane => ("cpu:0", lane.Name)));

        _engine.Telemetry.ReadRuns(position, runs);
        Assert.Equal(2, runs.Count);
    }

    [Fact]
    public async Task Lanes_count_their_runs_and_are_free_afterwards()
    {
        await RunAsync(1);
        await RunAsync(1);
        var lanes = _engine.Telemetry.Read().Lanes;

        Assert.Equal(2, lanes.Sum(static lane => lane.RunCount));
        Assert.True(lanes.Sum(static lane => lane.BusyTime.Ticks) > 0);
        Assert.All(lanes, static lane => Assert.Null(lane.Model));
    }

    [Fact]
    public async Task A_slow_request_is_remembered_with_its_trace()
    {
        using (var request = Create())
        {
            request.Trace = new TraceParent(1, 2, IsSampled: true);
            await RunAsync(request, 1);
        }

        var slow = Assert.Single(Find("model").Model.Recorder.ReadSlowRequests());
        Assert.True(slow.Trace.TraceId == 1);
        Assert.True(slow.GetTime(RequestStage.Total) >= slow.GetTime(RequestStage.Run));
    }

    [Fact]
    public async Task A_request_from_within_the_process_has_a_total_too()
    {
        await RunAsync(1);

        Assert.True(Find("model").Model.Recorder.GetStatistics(RequestStage.Total).Sum > TimeSpan.Zero);
    }

    private ModelSnapshot Find(string name) => _engine.Telemetry.Read().Models.Single(model => model.Model.ModelName == name);

    private InferenceRequest Create()
    {
        Harness.Expect(_engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out var request));
        return request!;
    }

    private async Task RunAsync(int byteSize)
    {
        using var request = Create();
        await RunAsync(request, byteSize);
    }

    private static async Task RunAsync(InferenceRequest request, int byteSize)
    {
        Harness.Expect(request.DeclareInput(0, DataType.UInt8, [byteSize], byteSize));
        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        request.GetInput(0).Bytes.Fill(1);
        Harness.Expect(await request.RunAsync());
    }
}
