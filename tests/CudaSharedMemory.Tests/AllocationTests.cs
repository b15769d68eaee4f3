#if !DEBUG
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry;
using Camshaft.Testing;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;
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
    private const int JoinedCount = 8;
    private const uint Region = 5;

    private readonly byte[] _frame = new byte[1024];
    private ulong _id = 100;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public Task A_warm_request_takes_no_managed_memory(int offset) => MeasureAsync("vector_add", offset, static handle => [RegionFrames.Add(3, handle, Region, Count)]);

    [Fact]
    public async Task Warm_requests_that_join_take_no_managed_memory()
    {
        var joined = await MeasureAsync("softmax", offset: 4, static handle => [.. Enumerable.Range(0, JoinedCount).Select(index => index % 2 == 0 ? FromDevice(handle, index) : FromHost(handle))]);
        Assert.True(joined.Where(static size => size.Rows > 1).Sum(static size => size.Rows * size.Count) > Requests, "Hardly any have joined.");

        static FrameImage FromDevice(uint handle, int index) => new(FrameKind.Infer, 3)
        {
            Own = new InferHead(handle, 1, 1, 0, 0, 0),
            Tensors = [RegionFrames.Input(0, Region, index * 16, 1, 4), RegionFrames.Output(0, Region, 512 + (index * 16), 16)],
        };

        static FrameImage FromHost(uint handle) => Frames.Infer(3, handle, 0, Frames.Tensor(0, new float[4], 1, 4));
    }

    private async Task<IReadOnlyList<BatchSizeCounts>> MeasureAsync(string model, int offset, Func<uint, FrameImage[]> createRequests)
    {
        using var directory = new TempDirectory();
        foreach (var path in Directory.GetFiles(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", model), "*", SearchOption.AllDirectories))
        {
            directory.Write(Path.Combine("models", model, Path.GetRelativePath(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", model), path)), File.ReadAllBytes(path));
        }

        directory.Write(Path.Combine("models", model, "model.yaml"), Encoding.UTF8.GetBytes($"backend: cuda_module\ndevice: cuda\nwarm_up: none\nlimits: {{ concurrency: 1 }}\n{(model == "softmax" ? "batching: { max_batch_size: 16 }" : "")}\n"));
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
            Measure(socket, [.. createRequests(Register(socket, model, address, offset)).Select(static request => request.Write())]);
        }

        await application.StopAsync();
        GC.KeepAlive(memory);
        return application.Services.GetRequiredService<InferenceEngine>().Models.List().Single().Versions[^1].Recorder.ReadBatchSizes();
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

    private void Measure(Socket socket, byte[][] requests)
    {
        Run(socket, requests, WarmUpRequests);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least >= Requests; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Run(socket, requests, Requests);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        output.WriteLine($"{(double)least / Requests:F2} bytes of managed memory a request.");

        // A byte a request is not a request's: the smallest object has 24.
        Assert.InRange(least, 0, Requests - 1);
    }

    /// <summary>Greets, opens the model and registers the memory.</summary>
    /// <returns>The model's handle.</returns>
    private uint Register(Socket socket, string model, nint memory, int offset)
    {
        Send(socket, Frames.Hello(features: WireFeatures.CudaMemory).Write());
        Assert.Equal(FrameKind.Hello, Receive(socket));
        Send(socket, Frames.Open(1, model).Write());
        Assert.Equal(FrameKind.Opened, Receive(socket));
        OpenedHead.TryRead(_frame, out var opened);
        Send(socket, RegionFrames.Register(2, Region, ImmediateDriver.Export(memory), 1024, offset).Write());
        Assert.Equal(FrameKind.Done, Receive(socket));
        return opened.Handle;
    }

    /// <summary>Sends requests again and again, those of a round at once.</summary>
    private void Run(Socket socket, byte[][] requests, int count)
    {
        for (var i = 0; i < count; i += requests.Length)
        {
            foreach (var request in requests)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(IdOffset), _id++);
                Send(socket, request);
            }

            foreach (var _ in requests)
            {
                if (Receive(socket) != FrameKind.Result)
                {
                    throw new InvalidOperationException("Received no result.");
                }
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
