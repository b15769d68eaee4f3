using System.Diagnostics;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Memory that another process shares with the server: the Python program, whose memory is called <c>camshaft-example</c>.</summary>
public sealed class SharedMemoryTests : IDisposable
{
    private const string Name = "camshaft-example";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();

    private string SocketPath => Path.Combine(_directory.FullPath, "camshaft.sock");

    [Theory]
    [InlineData(BinaryIo.Kestrel, "named")]
    [InlineData(BinaryIo.Epoll, "sealed")]
    public async Task The_python_program_shares_memory(object io, string kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var server = await StartAsync((BinaryIo)io);
        using var process = StartOrSkip();

        Assert.Equal($"{kind} 600000 bytes, the same: True", await ReadLineAsync(process));

        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        await UntilNothingIsSharedAsync();
    }

    [Theory]
    [InlineData(BinaryIo.Kestrel)]
    [InlineData(BinaryIo.Epoll)]
    public async Task A_client_that_is_killed_leaves_nothing_behind(object io)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var server = await StartAsync((BinaryIo)io);
        using (var process = StartOrSkip("wait"))
        {
            Assert.EndsWith("True", await ReadLineAsync(process), StringComparison.Ordinal);
            Assert.NotEmpty(FindShared());
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
        }

        await UntilNothingIsSharedAsync();
        await server.AssertNothingLeasedAsync();
        Assert.Empty(server.Errors.Messages);
        using var next = StartOrSkip();
        Assert.EndsWith("True", await ReadLineAsync(next), StringComparison.Ordinal);
        await next.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose() => _directory.Dispose();

    private Task<TestServer> StartAsync(BinaryIo io) => TestServer.StartAsync(SampleModel.Repository, options => (options.BinarySocket, options.BinaryIo) = (SocketPath, io));

    private Process StartOrSkip(params string[] arguments)
    {
        var program = Path.Combine(TestData.RepositoryRoot, "samples", "clients", "python", "shared_memory.py");
        try
        {
            return Process.Start(new ProcessStartInfo("python3", ["-B", program, SocketPath, .. arguments]) { RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no python3 here.");
            throw;
        }
    }

    private static async Task<string> ReadLineAsync(Process process) => await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? "";

    /// <summary>What this process, in which the server is, has mapped or open of the other's memory.</summary>
    private static List<string> FindShared()
    {
        var descriptors = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(static descriptor => descriptor.LinkTarget ?? "");
        return [.. File.ReadLines("/proc/self/maps").Concat(descriptors).Where(static line => line.Contains(Name, StringComparison.Ordinal))];
    }

    private static async Task UntilNothingIsSharedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (FindShared() is { Count: > 0 } left)
        {
            Assert.False(patience.IsCancellationRequested, string.Join('\n', left));
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
