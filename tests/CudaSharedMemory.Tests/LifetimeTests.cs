using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.CudaSharedMemory.Tests;

/// <summary>How long a region of a GPU's memory is held: while something uses it, and no longer, whatever ends meanwhile.</summary>
public sealed class LifetimeTests
{
    private const uint Region = 5;
    private const int Count = 50;
    private const int ByteSize = 768;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_region_that_is_given_back_amid_a_run_stays_until_that_has_ended(bool hasOutput)
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        var (model, memory) = await BeginAsync(server, connection, hasOutput);

        await connection.SendAsync(RegionFrames.Unregister(4, Region));
        await connection.SendAsync(RegionFrames.Add(5, model, Region, Count));
        Assert.Contains("input 'A': there is no region 5", (await connection.ReceiveErrorAsync(5, StatusCode.NotFound)).Text, StringComparison.Ordinal);
        Assert.Equal(1, server.Peers.OpenCount);

        server.Simulation.Release("vector_add");
        Assert.Equal(3u, (await connection.ReceiveAsync(FrameKind.Result)).Id);
        Assert.Equal(4u, (await connection.ReceiveAsync(FrameKind.Done)).Id);
        server.Peers.Free(memory);
        Assert.Equal(0, server.Server.Regions);
        Assert.Equal(hasOutput ? 1f : 0f, BitConverter.ToSingle(server.Peers.Read(memory), 512));
    }

    [Fact]
    public async Task A_region_whose_client_leaves_amid_a_run_stays_until_that_has_ended()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        var (_, memory) = await BeginAsync(server, connection);

        server.Peers.End(memory);
        connection.Reset();
        await GpuServer.UntilAsync(() => server.Engine.Telemetry.Read().Lanes.Any(static lane => lane.Model is not null), "nothing runs");
        Assert.Equal(1, server.Peers.OpenCount);

        server.Simulation.Release("vector_add");
        await GpuServer.UntilAsync(() => server.Peers.OpenCount == 0, "the handle is open");
    }

    [Fact]
    public async Task A_request_that_is_cancelled_amid_its_run_holds_the_region_until_that_has_ended()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        _ = await BeginAsync(server, connection);

        await connection.SendAsync(Frames.Cancel(3));
        await connection.SendAsync(RegionFrames.Unregister(4, Region));
        await connection.SendAsync(Frames.Ping(9));
        await connection.ReceiveAsync(FrameKind.Pong);
        Assert.Equal(1, server.Peers.OpenCount);

        server.Simulation.Release("vector_add");
        await connection.ReceiveErrorAsync(3, StatusCode.Cancelled);
        Assert.Equal(4u, (await connection.ReceiveAsync(FrameKind.Done)).Id);
        Assert.Equal(0, server.Peers.OpenCount);
    }

    [Fact]
    public async Task Memory_whose_owner_has_ended_is_used_until_it_is_given_back()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        var (model, memory) = await RegisterAsync(server, connection);
        server.Peers.End(memory);

        await connection.SendAsync(RegionFrames.Add(3, model, Region, Count));
        await connection.ReceiveAsync(FrameKind.Result);

        await connection.SendAsync(RegionFrames.Unregister(4, Region));
        await connection.ReceiveAsync(FrameKind.Done);
        await connection.SendAsync(RegionFrames.Register(6, Region, memory, ByteSize));
        await connection.ReceiveErrorAsync(6, StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Two_clients_share_one_opening_and_the_first_to_leave_takes_nothing_from_the_other()
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { CountsOpenHandles = false });
        await using var first = server.CreateClient();
        await using var second = server.CreateClient();
        var memory = server.Peers.Export(new byte[ByteSize]);
        await using var model = await second.OpenModelAsync("vector_add");
        var left = await first.RegisterCudaMemoryAsync(memory, 0, ByteSize);
        await using var right = await second.RegisterCudaMemoryAsync(memory, 0, ByteSize);

        await left.DisposeAsync();
        using var result = await model.InferAsync(
            [InferenceInput.FromRegion("A", DataType.Float32, right.Slice(0, 8), 2), InferenceInput.FromRegion("B", DataType.Float32, right.Slice(256, 8), 2)],
            new InferenceOptions { OutputRegions = [new OutputRegion("C", right.Slice(512, 8))] });

        Assert.Equal(1, server.Peers.OpenCount);
        Assert.Equal([2], result["C"].Shape.Dimensions.ToArray());
        Assert.Throws<InvalidOperationException>(() => result["C"].Bytes.Length);
        Assert.Throws<InvalidOperationException>(() => right.Memory.Length);
    }

    [Fact]
    public async Task A_device_that_is_lost_amid_a_run_ends_it_with_its_reason_and_lets_go_of_regions()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        var (model, memory) = await RegisterAsync(server, connection);
        var processors = await connection.OpenModelAsync("on_processors", 20);
        server.Simulation.FailKernel("vector_add");

        await connection.SendAsync(RegionFrames.Add(3, model, Region, Count));
        var ended = connection.ReceiveErrorAsync(3, StatusCode.Unavailable);
        await server.AdvanceUntilAsync(() => ended.IsCompleted);
        Assert.Contains("GPU 0 has failed", (await ended).Text, StringComparison.Ordinal);

        // The device's end is told first, then that of each model on it.
        await GpuServer.UntilAsync(() => server.ErrorCount == 3, "not all that is lost was told of");

        // Nor are there bytes for others, or new regions.
        await connection.SendAsync(RegionFrames.Identity(6, processors, Region, Count));
        Assert.Contains("input 'INPUT0' in region 5: GPU 0 has failed", (await connection.ReceiveErrorAsync(6, StatusCode.Unavailable)).Text, StringComparison.Ordinal);
        await connection.SendAsync(RegionFrames.Register(7, 6, memory, ByteSize));
        Assert.Contains("Region 6: GPU 0 has failed", (await connection.ReceiveErrorAsync(7, StatusCode.Unavailable)).Text, StringComparison.Ordinal);
        using (await server.ConnectAsync(WireFeatures.None))
        {
            // Later clients are offered none.
        }

        await connection.SendAsync(RegionFrames.Unregister(8, Region));
        Assert.Equal(8u, (await connection.ReceiveAsync(FrameKind.Done)).Id);
        await connection.SendAsync(Frames.Infer(9, processors, new float[4]));
        await connection.ReceiveAsync(FrameKind.Result);
        Assert.All(server.TakeErrors(), static error => Assert.Contains("GPU 0", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_that_the_driver_refuses_is_an_error_of_its_request()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        var (model, memory) = await RegisterAsync(server, connection);
        var processors = await connection.OpenModelAsync("on_processors", 20);
        server.Simulation.Fail("cuMemcpyDtoDAsync", status: 1);
        server.Simulation.Fail("cuMemcpyDtoHAsync", status: 1);

        await connection.SendAsync(RegionFrames.Add(3, model, Region, Count));
        Assert.Contains("cuMemcpyDtoDAsync failed", (await connection.ReceiveErrorAsync(3, StatusCode.Internal)).Text, StringComparison.Ordinal);
        await connection.SendAsync(RegionFrames.Identity(4, processors, Region, Count));
        Assert.Contains("on_processors", (await connection.ReceiveErrorAsync(4, StatusCode.Internal)).Text, StringComparison.Ordinal);

        await connection.SendAsync(RegionFrames.Add(5, model, Region, Count));
        await connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal(1f, BitConverter.ToSingle(server.Peers.Read(memory), 512));
    }

    [Fact]
    public async Task A_server_that_stops_lets_go_when_the_last_run_has_ended()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        _ = await BeginAsync(server, connection);

        var stopped = server.StopAsync();
        await connection.ReceiveAsync(FrameKind.GoAway);
        Assert.Equal(1, server.Peers.OpenCount);

        server.Simulation.Release("vector_add");
        await connection.ReceiveAsync(FrameKind.Result);
        connection.Dispose();
        await stopped;
        Assert.Equal(0, server.Peers.OpenCount);
    }

    /// <summary>Registers memory with A, B and C for <c>vector_add</c>: ones, zeros, and room.</summary>
    private static async Task<(uint Model, byte[] Memory)> RegisterAsync(GpuServer server, FrameConnection connection)
    {
        var content = new byte[ByteSize];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(content.AsSpan(0, 256)).Fill(1f);
        var memory = server.Peers.Export(content);
        var model = await connection.OpenModelAsync("vector_add");
        await connection.SendAsync(RegionFrames.Register(2, Region, memory, ByteSize));
        Assert.Equal(2u, (await connection.ReceiveAsync(FrameKind.Done)).Id);
        return (model, memory);
    }

    /// <summary>The same, and begins request 3, whose kernel is held.</summary>
    private static async Task<(uint Model, byte[] Memory)> BeginAsync(GpuServer server, FrameConnection connection, bool hasOutput = true)
    {
        var begun = await RegisterAsync(server, connection);
        server.Simulation.Hold("vector_add");
        await connection.SendAsync(hasOutput ? RegionFrames.Add(3, begun.Model, Region, Count) : RegionFrames.AddToFrame(3, begun.Model, Region, Count));
        await server.UntilEnqueuedAsync();
        return begun;
    }
}
