using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Camshaft.EngineBenchmark.ColdStart;

/// <summary>The real server in a process of its own. Ends with <see cref="Dispose"/>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address, TimeSpan readyAfter)
    {
        _process = process;
        Address = address;
        ReadyAfter = readyAfter;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>From the start of the process until it said where it listens, which it does when it is ready.</summary>
    public TimeSpan ReadyAfter { get; }

    /// <summary>Its memory that no file backs, in bytes.</summary>
    public long AnonymousByteSize => ReadStatus("RssAnon:") * 1024;

    /// <summary>How many threads it has.</summary>
    public int ThreadCount => (int)ReadStatus("Threads:");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="assembly">The server's assembly.</param>
    /// <param name="models">The model repository.</param>
    /// <param name="cache">The cache of prepared models.</param>
    /// <exception cref="InvalidOperationException">It ended, or it is not ready in time.</exception>
    public static async Task<ServerProcess> StartAsync(string assembly, string models, string cache)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, "serve", "--models", models, "--model-cache", cache, "--http-port", "0", "--metrics-port", "-1", "--log-level", "error"])
        {
            RedirectStandardOutput = true,
        };
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            while (await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("http ", StringComparison.Ordinal))
                {
                    var readyAfter = Stopwatch.GetElapsedTime(started);
                    return new ServerProcess(process, new Uri(line[5..].Trim()), readyAfter);
                }
            }

            throw new InvalidOperationException($"'{assembly}' ended without being ready.");
        }
        catch
        {
            End(process);
            throw;
        }
    }

    public void Dispose() => End(_process);

    private static void End(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            // Gone already.
        }

        process.WaitForExit();
        process.Dispose();
    }

    private long ReadStatus(string key)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
