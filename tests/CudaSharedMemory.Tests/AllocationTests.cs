#if !DEBUG
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Testing;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.CudaSharedMemory.Tests;

/// <summary>What the server takes from the managed heap for a warm request whose tensors lie on the device: nothing. Optimised code only.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    // The runtime and the engine's watches take memory now and then; what a request takes shows in every round, and rounds are short.
    private const int Rounds = 30;
    private const int WarmUpRequests = 3000;
    private const int Requests = 500;
    private const int IdOffset = 16;
    private const int Count = 50;

    private readonly byte[] _frame = new byte[1024];
    private ulong _id = 100;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task A_warm_request_takes_no_managed_memory(int offset)
    {
        using var directory = new TempDirectory();
        foreach (var path in Directory.GetFiles(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", "vector_add"), "*", SearchOption.AllDirectories))
        {
            directory.Write(Path.Combine("models", "vector_add", Path.GetRelativePath(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", "vector_add"), path)), File.ReadAllBytes(path));
        }

        var socketPath = Path.Combine(directory.FullPath, "socket");
        await using var application = Build(directory, socketPath);
        await application.StartAsync();
        await application.Services.GetRequiredService<InferenceEngine>().Started;
        var memory = GC.AllocateArray<byte>(2 * ImmediateDriver.PeerByteSize, pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        address += -address & 255;
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Connected without a wait: a socket that ever waited takes memory for each call that blocks.
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            Measure(socket, Register(socket, address, offset));
        }

        await application.StopAsync();
        GC.KeepAlive(memory);
    }

    private static WebApplication Build(TempDirectory directory, string socketPath)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath, static listen => listen.UseBinary()));
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IDeviceProvider>(new CudaDeviceProvider(static () => new CudaDriver(ImmediateDriver.Resolve), new CudaOptions(), TimeProvider.System));
        builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [Path.Combine(directory.FullPath, "models")],
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                ControlMode = ModelControlMode.Explicit,
                LoadModels = ["*"],
            })
            .AddBinary();
        return builder.Build();
    }

    private void Measure(Socket socket, byte[] request)
    {
        Run(socket, request, WarmUpRequests);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least >= Requests; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Run(socket, request, Requests);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        output.WriteLine($"{(double)least / Requests:F2} bytes of managed memory a request.");

        // A byte a request is not a request's: the smallest object has 24.
        Assert.InRange(least, 0, Requests - 1);
    }

    /// <summary>Greets, opens the model and registers the memory.</summary>
    /// <returns>A request.</returns>
    private byte[] Register(Socket socket, nint memory, int offset)
    {
        Send(socket, Frames.Hello(features: WireFeatures.CudaMemory).Write());
        Assert.Equal(FrameKind.Hello, Receive(socket));
        Send(socket, Frames.Open(1, "vector_add").Write());
        Assert.Equal(FrameKind.Opened, Receive(socket));
        OpenedHead.TryRead(_frame, out var opened);
        Send(socket, RegionFrames.Register(2, 5, ImmediateDriver.Export(memory), 1024, offset).Write());
        Assert.Equal(FrameKind.Done, Receive(socket));
        return RegionFrames.Add(3, opened.Handle, 5, Count).Write();
    }

    private void Run(Socket socket, byte[] request, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(IdOffset), _id++);
            Send(socket, request);
            if (Receive(socket) != FrameKind.Result)
            {
                throw new InvalidOperationException("Received no result.");
            }
        }
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private FrameKind Receive(Socket socket)
    {
        Receive(socket, _frame.AsSpan(0, WireFormat.HeadByteSize));
        _ = FrameHead.TryRead(_frame, out var head);
        Receive(socket, _frame.AsSpan(WireFormat.HeadByteSize, (int)head.BodyByteSize));
        return head.Kind;
    }

    private static void Receive(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = socket.Receive(bytes);
            bytes = received > 0 ? bytes[received..] : throw new EndOfStreamException();
        }
    }
}
#endif
