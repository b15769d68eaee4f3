using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Telemetry;

/// <summary>A real Prometheus reads the metrics. Skipped where it is not installed, but for a machine that checks every change.</summary>
public sealed class PrometheusTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Prometheus_reads_the_numbers_that_were_counted()
    {
        Require("prometheus");
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        for (var i = 0; i < 5; i++)
        {
            await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        }

        await server.AssertNothingLeasedAsync();
        var address = StartPrometheus(server.MetricsAddress, out var process);
        using (process)
        {
            try
            {
                Assert.Equal("5", await QueryAsync(address, "camshaft_requests_total{model=\"simple\",code=\"ok\"}"));
                Assert.Equal("5", await QueryAsync(address, "nv_inference_request_success{model=\"simple\"}"));
                Assert.Equal("5", await QueryAsync(address, "camshaft_request_duration_seconds_count{model=\"simple\",stage=\"total\"}"));
                Assert.InRange(double.Parse(await QueryAsync(address, "histogram_quantile(0.99, camshaft_request_duration_seconds_bucket{model=\"simple\",stage=\"total\"})"), CultureInfo.InvariantCulture), 0.00001, 10);
                Assert.Equal("1", await QueryAsync(address, "up"));
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }

    [Fact]
    public async Task Promtool_has_nothing_against_the_metrics_of_camshafts_own()
    {
        Require("promtool");
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        using var http = new HttpClient();
        using var process = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(await http.GetStringAsync(server.MetricsAddress));
        process.StandardInput.Close();
        var findings = (await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // Triton's counters do not end as promtool would have them.
        Assert.DoesNotContain(findings, static finding => !finding.StartsWith("nv_", StringComparison.Ordinal));
    }

    private static void Require(string program)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
        Assert.SkipUnless(isThere || Environment.GetEnvironmentVariable("CI") == "true", $"'{program}' is not installed (Debian's package prometheus).");
        Assert.True(isThere, $"'{program}' is not installed (Debian's package prometheus).");
    }

    private Uri StartPrometheus(Uri metrics, out Process process)
    {
        var configuration = _directory.Write("prometheus.yml", Encoding.UTF8.GetBytes($"""
            global: {"{"} scrape_interval: 200ms, scrape_timeout: 200ms {"}"}
            scrape_configs:
            - job_name: camshaft
              static_configs:
              - targets: ["{metrics.Authority}"]
            """));
        var address = $"127.0.0.1:{FindPort()}";
        process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(_directory.FullPath, "data")}", $"--web.listen-address={address}", "--log.level=error"]))!;
        return new Uri($"http://{address}");
    }

    // Waits until there is an answer with a number.
    private static async Task<string> QueryAsync(Uri prometheus, string query)
    {
        using var http = new HttpClient { BaseAddress = prometheus };
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                var answer = JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative), timeout.Token));
                if (answer!["data"]!["result"]!.AsArray() is [{ } first, ..])
                {
                    return (string)first["value"]![1]!;
                }
            }
            catch (HttpRequestException)
            {
                // It is starting.
            }

            await Task.Delay(50, timeout.Token);
        }
    }

    private static int FindPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
