using System.Diagnostics;

namespace Camshaft.Server.Tests.Support;

/// <summary>
/// A program of the system's that a test needs. Where it is absent the test is skipped, and says so, but for a machine that
/// checks every change: it has them all.
/// </summary>
internal static class InstalledProgram
{
    /// <summary>The path of a program; skips the test when there is none.</summary>
    public static string Find(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null && Environment.GetEnvironmentVariable("CI") != "true", $"'{name}' is not installed.");
        Assert.True(path is not null, $"'{name}' is not installed.");
        return path!;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output + await error);
    }
}
