using Camshaft.Engine;
using Camshaft.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Camshaft.Transport.Hosting.Tests.Health;

/// <summary>The health checks over a real engine, with models of the Sample plugin.</summary>
public sealed class HealthCheckTests : IAsyncDisposable
{
    private const string Live = CamshaftHealthExtensions.LivenessName;
    private const string Ready = CamshaftHealthExtensions.ReadinessName;

    private readonly TempDirectory _directory = new();
    private ServiceProvider? _services;

    [Fact]
    public async Task An_engine_that_has_not_loaded_its_models_is_live_and_not_ready()
    {
        var report = await CheckAsync(Build());

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (report.Entries[Live].Status, report.Entries[Ready].Status));
        Assert.Equal("The engine is loading its models.", report.Entries[Ready].Description);
    }

    [Fact]
    public async Task An_engine_with_its_models_is_healthy_and_names_them()
    {
        AddModel("good", 2);
        var entry = (await CheckAsync(await StartAsync())).Entries[Ready];

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("version 2: ready", Assert.Contains("good", entry.Data));
    }

    [Fact]
    public async Task A_model_that_failed_degrades_and_says_why()
    {
        AddModel("good");
        AddBrokenModel("broken");
        var entry = (await CheckAsync(await StartAsync())).Entries[Ready];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("Model 'broken' is not served in full.", entry.Description);
        Assert.StartsWith("version 1: failed, ", Assert.IsType<string>(entry.Data["broken"]), StringComparison.Ordinal);
        Assert.Contains("'nonsense'", Assert.IsType<string>(entry.Data["broken"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_with_a_faulty_configuration_degrades_and_says_why()
    {
        AddModel("good");
        _directory.Write("good/model.yaml", "no_such_key: 1\n"u8);
        var entry = (await CheckAsync(await StartAsync())).Entries[Ready];

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("no_such_key", Assert.IsType<string>(entry.Data["good"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_model_that_failed_or_is_not_there_makes_the_application_unready()
    {
        AddBrokenModel("broken");
        var entry = (await CheckAsync(await StartAsync("broken", "absent"))).Entries[Ready];

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("Models 'broken', 'absent' are not ready.", entry.Description);
    }

    [Fact]
    public async Task A_required_model_that_is_ready_makes_the_application_ready()
    {
        AddModel("good");

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(await StartAsync("good"))).Status);
    }

    [Fact]
    public async Task From_the_first_sign_of_a_stop_on_the_engine_is_live_and_not_ready()
    {
        var services = await StartAsync();
        services.GetRequiredService<InferenceEngine>().AnnounceStop();
        var report = await CheckAsync(services);

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (report.Entries[Live].Status, report.Entries[Ready].Status));
        Assert.Equal("The engine is stopping.", report.Entries[Ready].Description);
    }

    [Fact]
    public async Task An_engine_that_has_stopped_is_neither_live_nor_ready()
    {
        var services = await StartAsync();
        await services.GetRequiredService<InferenceEngine>().StopAsync(CancellationToken.None);
        var report = await CheckAsync(services);

        Assert.All(report.Entries.Values, static entry => Assert.Equal((HealthStatus.Unhealthy, "The engine has stopped."), (entry.Status, entry.Description)));
    }

    [Fact]
    public async Task An_engine_that_could_not_start_is_not_ready_and_says_why()
    {
        var services = Build();
        var engine = services.GetRequiredService<InferenceEngine>();
        using var cancelled = new CancellationTokenSource();
        AddModel("good");
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.StartAsync(cancelled.Token));
        var entry = (await CheckAsync(services)).Entries[Ready];

        Assert.Equal((HealthStatus.Unhealthy, "The engine could not start."), (entry.Status, entry.Description));
        Assert.IsAssignableFrom<OperationCanceledException>(entry.Exception);
    }

    [Fact]
    public async Task Probes_find_each_check_by_its_tag()
    {
        var service = Build().GetRequiredService<HealthCheckService>();

        Assert.Equal([Live], (await service.CheckHealthAsync(static check => check.Tags.Contains(CamshaftHealthExtensions.LiveTag))).Entries.Keys);
        Assert.Equal([Ready], (await service.CheckHealthAsync(static check => check.Tags.Contains(CamshaftHealthExtensions.ReadyTag))).Entries.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _directory.Dispose();
    }

    private static Task<HealthReport> CheckAsync(ServiceProvider services) => services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private void AddModel(string name, int version = 1) => _directory.Write($"{name}/{version}/model.sample", "operation: add_sub\n"u8);

    private void AddBrokenModel(string name) => _directory.Write($"{name}/1/model.sample", "operation: nonsense\n"u8);

    private ServiceProvider Build(params string[] requiredModels)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCamshaft(new EngineOptions { ModelDirectories = [_directory.FullPath], TensorMemoryBudgetBytes = 1 << 20 });
        services.AddHealthChecks().AddCamshaft(requiredModels);
        return _services = services.BuildServiceProvider();
    }

    private async Task<ServiceProvider> StartAsync(params string[] requiredModels)
    {
        var services = Build(requiredModels);
        await services.GetRequiredService<InferenceEngine>().StartAsync(CancellationToken.None);
        return services;
    }
}
