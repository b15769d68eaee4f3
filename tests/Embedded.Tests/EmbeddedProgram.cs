using System.Diagnostics;
using System.Text.RegularExpressions;
using Camshaft.Testing;

namespace Camshaft.Samples.Embedded.Tests;

/// <summary>The sample as people start it, on a free port; killed after the tests.</summary>
public sealed partial class EmbeddedProgram : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process = new()
    {
        StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Camshaft.Samples.Embedded.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        },
    };

    public HttpClient Client { get; private set; } = null!;

    /// <summary>An example input of the repository.</summary>
    public static byte[] ReadInput(string fileName) => File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "samples", "inputs", "digits", fileName));

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            Client = new HttpClient { BaseAddress = await StartAsync().WaitAsync(patience.Token), Timeout = Patience };
            while (!(await Client.GetAsync("/healthz/ready", patience.Token)).IsSuccessStatusCode)
            {
                await Task.Delay(10, patience.Token);
            }
        }
        catch
        {
            // Nobody disposes a fixture that could not begin.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex("Now listening on: (http://[0-9.:]+)")]
    private static partial Regex Listening { get; }

    /// <summary>Starts the program; its output is read to the end, since a full pipe would stop it.</summary>
    /// <returns>Where it listens.</returns>
    private Task<Uri> StartAsync()
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The program ended before it listened."));
            }
            else if (Listening.Match(line.Data) is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        return address.Task;
    }
}
