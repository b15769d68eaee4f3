using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Camshaft.HttpBenchmark;

/// <summary>A server in a process of its own, and what it has used so far. Ends with <see cref="Dispose"/>.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _socketPath;

    private MeasuredProcess(Process process, string socketPath, Uri address)
    {
        _process = process;
        _socketPath = socketPath;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Processor time since its start, of user and of system code.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Managed bytes allocated since its start.</summary>
    public long AllocatedBytes
    {
        get
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(_socketPath));
            Span<byte> answer = stackalloc byte[sizeof(long)];
            for (var read = 0; read < answer.Length;)
            {
                read += socket.Receive(answer[read..]) is > 0 and var length ? length : throw new IOException("The allocation probe hung up.");
            }

            return BinaryPrimitives.ReadInt64LittleEndian(answer);
        }
    }

    /// <summary>Starts a .NET program with the probe inside.</summary>
    /// <param name="processors">The processors that it may use, as <c>taskset</c> takes them; null = all.</param>
    /// <param name="directory">A directory for the probe's socket and the program's output.</param>
    /// <param name="arguments">The program and its arguments, for a port.</param>
    public static MeasuredProcess Start(string? processors, string directory, Func<int, IEnumerable<string>> arguments)
    {
        var port = FindFreePort();
        var socketPath = Path.Combine(directory, $"{port}.socket");
        string[] command = [.. processors is null ? Array.Empty<string>() : ["taskset", "-c", processors], "dotnet", "exec", .. arguments(port)];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.SocketVariable] = socketPath;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return new MeasuredProcess(process, socketPath, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>Waits until a path answers with success.</summary>
    /// <exception cref="InvalidOperationException">It ended, or it does not answer within a minute.</exception>
    public async Task WaitUntilReadyAsync(HttpClient client, HttpMethod method, string path)
    {
        for (var i = 0; i < 600 && !_process.HasExited; i++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(Address, path));
                using var response = await client.SendAsync(request).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
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

        throw new InvalidOperationException(_process.HasExited ? $"A server ended with exit code {_process.ExitCode}." : $"{Address} is not ready after a minute.");
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            // Gone already.
        }

        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_socketPath);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
