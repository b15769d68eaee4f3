using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Camshaft.Server.Tests.Support;

/// <summary>The server as people start it: <c>dotnet camshaft.dll …</c>. Killed with the test if it still runs.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _error = Channel.CreateUnbounded<string>();

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static ServerProcess Start(string workingDirectory, params string[] arguments) =>
        Start(workingDirectory, new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with variables beside those that it inherits.</summary>
    public static ServerProcess Start(string workingDirectory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(workingDirectory, environment, [], arguments);

    /// <summary>Starts it through another program, which is given the server's command line behind its own arguments.</summary>
    public static ServerProcess Start(string workingDirectory, IReadOnlyDictionary<string, string> environment, string[] launcher, string[] arguments)
    {
        string[] command = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "camshaft.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Several servers run at once. Nothing that a test prepares goes to the cache of the user who runs it.
        start.Environment["CAMSHAFT__BINARYPORT"] = "0";
        start.Environment["CAMSHAFT__METRICSPORT"] = "0";
        start.Environment["CAMSHAFT__MODELCACHE"] = "off";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(new Process { StartInfo = start });
    }

    /// <summary>Reads the banner up to its end.</summary>
    public async Task<string> ReadBannerAsync()
    {
        var lines = new List<string>();
        do
        {
            lines.Add(await ReadLineAsync(_output));
        }
        while (!lines[^1].StartsWith("binary ", StringComparison.Ordinal));

        return string.Join('\n', lines);
    }

    /// <summary>Finds in a banner where HTTP is served.</summary>
    public static Uri FindHttpAddress(string banner) =>
        new(banner.Split('\n').Single(static line => line.StartsWith("http ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    /// <summary>Waits for a log line that holds a text.</summary>
    public async Task<string> WaitForLogAsync(string text)
    {
        string line;
        do
        {
            line = await ReadLineAsync(_error);
        }
        while (!line.Contains(text, StringComparison.Ordinal));

        return line;
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end; returns the exit code and all that is left of both streams.</summary>
    public async Task<(int ExitCode, string Output, string Error)> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return (_process.ExitCode, await ReadRestAsync(_output), await ReadRestAsync(_error));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Take(Channel<string> lines, string? line)
    {
        if (line is null)
        {
            lines.Writer.TryComplete();
        }
        else
        {
            lines.Writer.TryWrite(line);
        }
    }

    private async Task<string> ReadLineAsync(Channel<string> lines)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            return await lines.Reader.ReadAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is ChannelClosedException or OperationCanceledException)
        {
            Assert.Fail($"The server said nothing more. Its errors: {(_error.Reader.Completion.IsCompleted ? await ReadRestAsync(_error) : "still open")}");
            throw;
        }
    }

    private static async Task<string> ReadRestAsync(Channel<string> lines)
    {
        var rest = new List<string>();
        await foreach (var line in lines.Reader.ReadAllAsync())
        {
            rest.Add(line);
        }

        return string.Join('\n', rest);
    }
}
