using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Orchestration;

/// <summary>The whole engine over a repository of its own, with the Sample plugin in a real load context.</summary>
public sealed class InferenceEngineTests : IAsyncDisposable
{
    private readonly TempDirectory _models = new();
    private readonly TempDirectory _plugins = new();
    private readonly FakeTimeProvider _clock = new();
    private InferenceEngine? _engine;

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
            Assert.True(_engine.Memory is { LeasedCount: 0, AllocatedByteSize: 0 }, _engine.Memory.DescribeOutstanding());
        }

        _models.Dispose();
        _plugins.Dispose();
    }

    [Fact]
    public async Task The_highest_version_is_served_unless_the_configuration_says_otherwise()
    {
        AddVersion("newest", 1);
        AddVersion("newest", 10);
        AddVersion("newest", 9);
        AddVersion("all", 1, "version_policy: all");
        AddVersion("all", 2);
        AddVersion("chosen", 1, "version_policy:\n  specific: [1, 7]");
        AddVersion("chosen", 2);
        var engine = await StartAsync();

        Assert.Equal([10], Serving(engine, "newest"));
        Assert.Equal([1, 2], Serving(engine, "all"));
        Assert.Equal([1], Serving(engine, "chosen"));
        Assert.Equal(2, CreateRequest(engine, "all", ModelRegistry.HighestReady));
    }

    [Fact]
    public async Task A_failed_version_says_why_and_the_others_serve()
    {
        AddVersion("mixed", 1, "version_policy: all");
        AddVersion("mixed", 2, file: "operation: frobnicate");
        var engine = await StartAsync();

        Assert.Equal([1], Serving(engine, "mixed"));
        var status = engine.Models.TryCreateRequest("mixed", 2, out _);
        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.Contains("names the operation 'frobnicate'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_warm_up_sample_fails_the_load()
    {
        AddVersion("model", 1, "warm_up: [{ inputs: [{ name: INPUT0, file: sample.bin }] }]");
        var engine = await StartAsync(explicitly: true, "model");

        var version = engine.Models.List().Single().Versions.Single();
        Assert.Equal(ModelState.Failed, version.State);
        Assert.Contains("warm-up sample '1': input 'INPUT0': the file '", version.Reason, StringComparison.Ordinal);

        _models.Write("model/warmup/sample.bin", [7]);
        Harness.Expect(await engine.Controller.LoadAsync("model", CancellationToken.None));
        Assert.Equal([1], Serving(engine, "model"));
    }

    [Fact]
    public async Task A_model_is_warmed_up_again_beside_its_requests_with_the_samples_as_they_are_now()
    {
        AddVersion("model", 1, "warm_up: [{ inputs: [{ name: INPUT0, file: sample.bin }] }]");
        _models.Write("model/warmup/sample.bin", [7]);
        var engine = await StartAsync(explicitly: true, "model");
        var version = Find(engine, "model");
        var (before, batching) = (version.RunCosts, version.Batching);
        Assert.True(engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out var request).IsOk);
        using (request)
        {
            var (status, versions) = await engine.Controller.WarmAsync("model", CancellationToken.None);
            Harness.Expect(status);
            Assert.Same(version, Assert.Single(versions));
            Assert.NotSame(before, version.RunCosts);
            Assert.Same(batching, version.Batching);

            _models.Write("model/warmup/sample.bin", [7, 8]);
            Assert.Contains("Model 'model' version 1 cannot be warmed up: warm-up sample '1': ", (await engine.Controller.WarmAsync("model", CancellationToken.None)).Status.Message, StringComparison.Ordinal);
            Assert.Equal(1, version.LeaseCount);
        }

        Assert.Equal([1], Serving(engine, "model"));
        Assert.Equal(0, version.Recorder.Executions);
        Assert.Equal(StatusCode.NotFound, (await engine.Controller.WarmAsync("other", CancellationToken.None)).Status.Code);
    }

    [Fact]
    public async Task Another_sample_file_is_a_reason_to_load_again()
    {
        AddVersion("model", 1, "warm_up: [{ inputs: [{ name: INPUT0, file: sample.bin }] }]");
        _models.Write("model/warmup/sample.bin", [7]);
        var engine = await StartAsync(explicitly: true, "model");
        var before = Find(engine, "model");

        _models.Write("model/warmup/sample.bin", [7, 8]);

        Assert.Contains("holds 2 bytes; expected 1 for UINT8 [1]", (await engine.Controller.LoadAsync("model", CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Same(before, Find(engine, "model"));
    }

    [Fact]
    public async Task A_configuration_that_narrows_an_input_is_held_against_requests()
    {
        AddVersion("narrow", 1, "inputs:\n- name: INPUT0\n  shape: [4]");
        var engine = await StartAsync();
        Assert.True(engine.Models.TryCreateRequest("narrow", ModelRegistry.HighestReady, out var request).IsOk);
        using (request)
        {
            Assert.Equal("Model 'narrow' version 1: input 'INPUT0' has shape [5]; expected [4].", request!.DeclareInput(0, DataType.UInt8, [5], 5).Message);
            Harness.Expect(request.DeclareInput(0, DataType.UInt8, [4], 4));
            Harness.Expect(await request.ReserveAsync(CancellationToken.None));
            Harness.Expect(await request.RunAsync());
            Assert.Equal(4, request.GetOutput(0).ByteSize);
        }
    }

    [Fact]
    public async Task Loading_again_replaces_a_version_whose_file_has_changed_and_no_other()
    {
        AddVersion("model", 1);
        var engine = await StartAsync(explicitly: true, "model");
        var before = Find(engine, "model");
        Harness.Expect(await engine.Controller.LoadAsync("model", CancellationToken.None));
        Assert.Same(before, Find(engine, "model"));

        AddVersion("model", 1, file: "operation: identity # changed\ndatatype: FP32");
        Harness.Expect(await engine.Controller.LoadAsync("model", CancellationToken.None));
        Assert.NotSame(before, Find(engine, "model"));
        Assert.Equal(DataType.Float32, Find(engine, "model").Signature!.Inputs[0].DataType);
    }

    [Fact]
    public async Task A_replacement_that_fails_leaves_the_old_version_serving()
    {
        AddVersion("model", 1);
        var engine = await StartAsync(explicitly: true, "model");
        var before = Find(engine, "model");
        AddVersion("model", 1, file: "operation: broken");

        var status = await engine.Controller.LoadAsync("model", CancellationToken.None);
        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.Contains("names the operation 'broken'", status.Message, StringComparison.Ordinal);
        Assert.Same(before, Find(engine, "model"));
    }

    [Fact]
    public async Task A_new_version_takes_over_and_the_old_one_drains()
    {
        AddVersion("model", 1);
        var engine = await StartAsync(explicitly: true, "model");
        var old = Find(engine, "model");
        Assert.True(engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out var request).IsOk);
        AddVersion("model", 2);
        Harness.Expect(await engine.Controller.LoadAsync("model", CancellationToken.None));

        Assert.Equal(2, Find(engine, "model").Number);
        Assert.Equal(ModelState.Draining, old.State);
        request!.Dispose();
        while (old.State != ModelState.Unloaded)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Many_loads_at_once_are_one()
    {
        AddVersion("model", 1);
        var engine = await StartAsync(explicitly: true);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => engine.Controller.LoadAsync("model", CancellationToken.None))));

        Assert.All(statuses, static status => Assert.True(status.IsOk, status.Message));
        Assert.Equal([1], Serving(engine, "model"));
        Assert.Single(engine.Models.List().Single().Versions);
    }

    [Fact]
    public async Task A_model_that_waited_for_its_plugin_loads_when_it_is_dropped_in()
    {
        AddVersion("model", 1);
        var engine = await StartAsync(installPlugin: false);
        Assert.Contains("no backend is loaded", engine.Models.List().Single().Versions.Single().Reason, StringComparison.Ordinal);

        InstallPlugin();
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => engine.Models.List().Single().HighestReady is not null);

        Assert.Equal([1], Serving(engine, "model"));
    }

    [Fact]
    public async Task A_stop_that_has_waited_long_enough_ends_what_still_waits()
    {
        AddVersion("model", 1);
        var engine = await StartAsync();
        Assert.True(engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out var request).IsOk);
        using var hurry = new CancellationTokenSource();
        var stop = engine.StopAsync(hurry.Token);
        Assert.False(engine.IsReady);
        await hurry.CancelAsync();

        // It is the transport's request until the transport disposes it.
        Assert.False(stop.IsCompleted);
        Assert.Equal(StatusCode.Unavailable, engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out _).Code);
        request!.Dispose();
        await stop.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(engine.IsLive);
    }

    private static List<long> Serving(InferenceEngine engine, string model) =>
        [.. engine.Models.List().Single(entry => entry.Name == model).Versions.Where(static version => version.State == ModelState.Ready).Select(static version => version.Number)];

    private static long CreateRequest(InferenceEngine engine, string model, long version)
    {
        Harness.Expect(engine.Models.TryCreateRequest(model, version, out var request));
        using (request)
        {
            return request!.Model.Number;
        }
    }

    private static ModelVersion Find(InferenceEngine engine, string model)
    {
        Harness.Expect(engine.Models.TryGetVersion(model, ModelRegistry.HighestReady, out var version));
        return version!;
    }

    private async Task<InferenceEngine> StartAsync(bool explicitly = false, string? load = null, bool installPlugin = true)
    {
        if (installPlugin)
        {
            InstallPlugin();
        }

        var options = new EngineOptions
        {
            ModelDirectories = [_models.FullPath],
            PluginDirectory = _plugins.FullPath,
            ControlMode = explicitly ? ModelControlMode.Explicit : ModelControlMode.None,
            LoadModels = load is null ? [] : [load],
        };
        _engine = new InferenceEngine(options, NullLoggerFactory.Instance, _clock, []);
        await _engine.StartAsync(CancellationToken.None);
        return _engine;
    }

    private void InstallPlugin()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins", "Sample")))
        {
            _plugins.Write(Path.Combine("Sample", Path.GetFileName(path)), File.ReadAllBytes(path));
        }
    }

    private void AddVersion(string model, long version, string? configuration = null, string file = "operation: identity\ndatatype: UINT8")
    {
        _models.Write($"{model}/{version}/model.sample", Encoding.UTF8.GetBytes(file));
        if (configuration is not null)
        {
            _models.Write($"{model}/model.yaml", Encoding.UTF8.GetBytes(configuration));
        }
    }
}
