using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Camshaft.MemoryBenchmark;

/// <summary>A server without models in a process of its own. Ends with <see cref="Dispose"/>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Bytes of anonymous memory that it holds now.</summary>
    public long AnonymousByteSize => ProcessMemory.ReadAnonymous(_process.Id);

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="server">The server's assembly.</param>
    /// <param name="models">The model directory.</param>
    /// <param name="cache">Where prepared models are kept, or off.</param>
    public static async Task<ServerProcess> StartAsync(string server, string models, string cache)
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        string[] arguments =
            ["exec", server, "serve", "--models", models, "--host", "127.0.0.1", "--http-port", $"{port}", "--metrics-port", "-1", "--model-control-mode", "explicit", "--log-level", "warning", "--model-cache", cache];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var started = new ServerProcess(process, new Uri($"http://127.0.0.1:{port}"));
        await started.WaitUntilReadyAsync().ConfigureAwait(false);
        return started;
    }

    /// <summary>Loads a model.</summary>
    public Task LoadAsync(string model) => PostAsync($"/v2/repository/models/{model}/load");

    /// <summary>Unloads a model and waits until it is out of memory.</summary>
    public async Task UnloadAsync(string model)
    {
        await PostAsync($"/v2/repository/models/{model}/unload").ConfigureAwait(false);
        while (true)
        {
            var index = JsonNode.Parse(await PostAsync("/v2/repository/index").ConfigureAwait(false))!.AsArray();
            if (index.Any(entry => (string?)entry!["name"] == model && (string?)entry["reason"] == "unloaded"))
            {
                return;
            }

            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
    }

    private async Task<string> PostAsync(string path)
    {
        using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), null).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{path} answers {(int)answer.StatusCode}: {text}");
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var i = 0; i < 600 && !_process.HasExited; i++)
        {
            try
            {
                using var answer = await _client.GetAsync(new Uri("/v2/health/ready", UriKind.Relative)).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100).ConfigureAwait(false);
        }

        throw new InvalidOperationException("The server is not ready after a minute.");
    }
}
