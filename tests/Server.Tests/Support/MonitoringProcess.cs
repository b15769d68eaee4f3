using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Camshaft.Server.Tests.Support;

/// <summary>Prometheus or its Alertmanager on a free port; ended with the test.</summary>
internal sealed partial class MonitoringProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _log = [];

    private MonitoringProcess(string path, string[] arguments)
    {
        _process = new Process { StartInfo = new ProcessStartInfo(path, [.. arguments, "--web.listen-address=127.0.0.1:0"]) { RedirectStandardError = true } };
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it answers.</summary>
    public Uri Address => _address.Task.Result;

    /// <summary>Starts it and waits until it listens; skips the test where it is not installed.</summary>
    public static async Task<MonitoringProcess> StartAsync(string name, params string[] arguments)
    {
        var process = new MonitoringProcess(InstalledProgram.Find(name), arguments);
        try
        {
            await process._address.Task.WaitAsync(Patience);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"It ended: {string.Join('\n', _log)}"));
            return;
        }

        _log.Add(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri($"http://{match.Groups[1].Value}"));
        }
    }

    [GeneratedRegex("msg=\"Listening on\" address=(\\S+)")]
    private static partial Regex Listening();
}
