using System.Net.Http.Headers;

namespace Camshaft.HttpBenchmark;

/// <summary>
/// Measures the scenarios. Camshaft and the peer take turns, in changing order, so that what else the machine does meets
/// both; the figure to read is the median of the rounds' ratios.
/// </summary>
internal sealed class Benchmark(BenchmarkOptions options, string directory, TextWriter progress) : IDisposable
{
    private const string HeadLength = "Inference-Header-Content-Length";

    private readonly HttpClient _client = new();
    private readonly string? _serverProcessors = options.IsPinned ? "0" : null;
    private readonly string? _clientProcessors = options.IsPinned ? "1" : null;

    /// <summary>Measures them all.</summary>
    public async Task<IReadOnlyList<ScenarioResult>> RunAsync()
    {
        using var camshaft = MeasuredProcess.Start(_serverProcessors, directory, port =>
        [
            options.Server, "serve", "--http-port", $"{port}", "--binary-port", "-1", "--metrics-port", "-1", "--model-control-mode", "explicit", "--log-level", "warning",
            .. options.Models.SelectMany(static models => new[] { "--models", models }),
            .. options.Scenarios.Select(static scenario => scenario.Model).Distinct().SelectMany(static model => new[] { "--load-model", model }),
        ]);
        await camshaft.WaitUntilReadyAsync(_client, HttpMethod.Get, "/v2/health/ready").ConfigureAwait(false);
        var results = new List<ScenarioResult>();
        foreach (var scenario in options.Scenarios)
        {
            results.Add(await MeasureAsync(camshaft, scenario).ConfigureAwait(false));
        }

        return results;
    }

    public void Dispose() => _client.Dispose();

    private async Task<ScenarioResult> MeasureAsync(MeasuredProcess camshaft, Scenario scenario)
    {
        var bodyPath = Path.Combine(directory, $"{scenario.Name}.request");
        await File.WriteAllBytesAsync(bodyPath, [.. scenario.Head, .. scenario.Tensor]).ConfigureAwait(false);
        var answerPath = Path.Combine(directory, $"{scenario.Name}.answer");
        var answerHeadLength = await RecordAnswerAsync(camshaft.Address, scenario, bodyPath, answerPath).ConfigureAwait(false);

        using var peer = MeasuredProcess.Start(_serverProcessors, directory, port =>
            [typeof(Peer).Assembly.Location, "peer", $"{port}", answerPath, answerHeadLength]);
        await peer.WaitUntilReadyAsync(_client, HttpMethod.Post, "/").ConfigureAwait(false);
        MeasuredProcess[] order = [peer, camshaft];
        foreach (var server in order)
        {
            Measure(server, scenario, bodyPath, options.WarmUp);
        }

        var samples = order.ToDictionary(static server => server, static _ => new List<Sample>());
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var server in order)
            {
                samples[server].Add(Measure(server, scenario, bodyPath, options.Duration));
            }

            Array.Reverse(order);
            progress.WriteLine($"{scenario.Name} round {round + 1}: Camshaft {samples[camshaft][^1].Rate:0}/s, peer {samples[peer][^1].Rate:0}/s");
        }

        return new ScenarioResult(scenario.Name, samples[camshaft], samples[peer]);
    }

    private Sample Measure(MeasuredProcess server, Scenario scenario, string bodyPath, TimeSpan duration)
    {
        var processorTime = server.ProcessorTime;
        var allocated = server.AllocatedBytes;
        var result = Wrk.Run(_clientProcessors, options.Connections, duration, new Uri(server.Address, scenario.Path), bodyPath, scenario.Head.Length);
        return new Sample(
            result.Rate,
            result.P50,
            result.P99,
            (server.ProcessorTime - processorTime).TotalMicroseconds / result.Requests,
            (server.AllocatedBytes - allocated) / (double)result.Requests);
    }

    /// <summary>Asks Camshaft once, and keeps the answer for the peer: both then send the same bytes.</summary>
    /// <returns>The length of the answer's JSON part.</returns>
    private async Task<string> RecordAnswerAsync(Uri address, Scenario scenario, string bodyPath, string answerPath)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(bodyPath).ConfigureAwait(false));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add(HeadLength, $"{scenario.Head.Length}");
        using var response = await _client.PostAsync(new Uri(address, scenario.Path), content).ConfigureAwait(false);
        var answer = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{scenario.Path} answers {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(answer)}");
        }

        var headLength = response.Headers.GetValues(HeadLength).Single();
        if (scenario.Model.StartsWith("identity", StringComparison.Ordinal) && !answer.AsSpan(int.Parse(headLength)).SequenceEqual(scenario.Tensor))
        {
            throw new InvalidOperationException($"{scenario.Path} does not answer with what it was sent.");
        }

        await File.WriteAllBytesAsync(answerPath, answer).ConfigureAwait(false);
        return headLength;
    }
}
