using System.Text.Json.Nodes;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Server.CommandLine.Top;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>A GPU whose management library hangs: everybody who looks gets an answer, and what the GPU said last is not taken for what it says now.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SilentGpuTests(Browser browser) : IAsyncLifetime
{
    private const string Temperature = "camshaft_gpu_temperature_celsius{device=\"cuda:0\"}";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private GpuServer _server = null!;

    private SimulatedManagement Management => _server.Gpus.Management;

    public async ValueTask InitializeAsync()
    {
        _server = await GpuServer.StartAsync(_clock);
        await UntilAsync(async () => (double?)(await ReadGpuAsync())["temperature"] == 64);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Metrics_console_and_top_answer_and_say_what_they_know()
    {
        await HangAsync();
        Assert.Contains($"{Temperature} 64", await ReadMetricsAsync(), StringComparison.Ordinal);

        await FallSilentAsync();
        var metrics = await ReadMetricsAsync();
        Assert.DoesNotContain(Temperature, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("nv_gpu_utilization{", metrics, StringComparison.Ordinal);
        Assert.Contains("camshaft_gpu_sensors_silent{device=\"cuda:0\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("camshaft_gpu_sensors_silent{device=\"cuda:1\"} 0", metrics, StringComparison.Ordinal);
        Assert.Contains("camshaft_gpu_memory_models_bytes{device=\"cuda:0\"} ", metrics, StringComparison.Ordinal);
        Assert.Matches("^cuda:0 .*: sensors do not answer since 2026-03-01 12:00:05Z, models 0 of 60 MB, 0 of 5 lanes busy$", (await WriteTopAsync())[1]);

        // Models go on.
        await _server.RunAsync(1).WaitAsync(Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_a_GPU_says_when_it_answers_again_is_shown_again()
    {
        await HangAsync();
        await FallSilentAsync();
        _server.Gpus.Set(0, SimulatedGpus.Talkative with { Celsius = 41 });
        Management.Release(0);

        await UntilAsync(async () => (double?)(await ReadGpuAsync())["temperature"] == 41);
        Assert.Null((await ReadGpuAsync())["silentSince"]);
        Assert.Contains($"{Temperature} 41", await ReadMetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_stops_beside_a_call_that_hangs()
    {
        await HangAsync();
        await _server.Server.StopAsync().WaitAsync(Timeout, TestContext.Current.CancellationToken);

        Assert.True(Management.Hangs(0));
        Assert.True(Management.StartCount > 0);
    }

    [Fact]
    public async Task The_page_says_since_when()
    {
        await using var page = await browser.OpenAsync(_server.Server);
        await HangAsync();
        await FallSilentAsync();
        var row = page.Page.Locator(".gpus tbody tr", new PageLocatorOptions { HasText = "cuda:0" });

        await Assertions.Expect(row.Locator(".detail.warn")).ToContainTextAsync("sensors do not answer since ", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await Assertions.Expect(row).Not.ToContainTextAsync("64 °C");
        Management.Release(0);
        await Assertions.Expect(row).ToContainTextAsync("64 °C", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await Assertions.Expect(row).ToContainTextAsync("works");
        Assert.Empty(page.Faults);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var deadline = Environment.TickCount64 + (long)Timeout.TotalMilliseconds; !await condition().WaitAsync(Timeout, TestContext.Current.CancellationToken);)
        {
            Assert.True(Environment.TickCount64 < deadline, "It has not happened within a minute.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private Task HangAsync()
    {
        Management.Hold(0);
        _clock.Advance(TimeSpan.FromSeconds(5));
        return UntilAsync(() => Task.FromResult(Management.Hangs(0)));
    }

    private Task FallSilentAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(4));
        _clock.Advance(TimeSpan.FromSeconds(7));
        return UntilAsync(async () => (await ReadGpuAsync())["silentSince"] is not null);
    }

    private async Task<JsonNode> ReadGpuAsync() => (await _server.Server.ReadOverviewAsync().WaitAsync(Timeout))["system"]!["gpus"]![0]!;

    private Task<string> ReadMetricsAsync() => _server.Server.Http.GetStringAsync(_server.Server.MetricsAddress).WaitAsync(Timeout);

    private async Task<string[]> WriteTopAsync()
    {
        using var output = new StringWriter();
        new TopView(await _server.Server.ReadOverviewAsync().WaitAsync(Timeout)).WritePlain(output, TopSort.All[0]);
        return output.ToString().Split(output.NewLine);
    }
}
