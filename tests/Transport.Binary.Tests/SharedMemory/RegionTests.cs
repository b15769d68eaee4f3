using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>Regions from their registration to their end, whatever the memory behind them is.</summary>
[Collection(SharedMemoryCollection.Name)]
public sealed class RegionTests(SharedMemoryServer server) : SharedMemoryTest(server)
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 4097)]
    [InlineData(4096, 1)]
    [InlineData(1, 4096)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public async Task A_region_outside_its_memory_is_refused(long offset, long byteSize)
    {
        using var named = TestMemory.CreateNamed(4096);
        using var memory = TestMemory.Create(4096);

        await SendNamedAsync(1, 7, named.Name, offset, byteSize);
        var first = await Connection.ReceiveAsync(FrameKind.Error);
        SendSealed(2, 7, memory.Descriptor, offset, byteSize);
        var second = await Connection.ReceiveAsync(FrameKind.Error);

        var expected = byteSize > SharedMemoryServer.RegionByteSizeLimit ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument;
        Assert.Equal((expected, expected), (((StatusHead)first.Own!).Code, ((StatusHead)second.Own!).Code));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4000)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 99)]
    public async Task Tensors_outside_their_region_are_refused(long offset)
    {
        using var memory = TestMemory.Create(8192);
        await RegisterSealedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, offset, 100, 100)));
        Assert.Contains($"input 'INPUT0': 100 bytes at {offset} do not lie in region 7 of 4096 bytes", (await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Infer(4, handle, Input(DataType.UInt8, 7, 0, 100, 100), Output(7, offset, 100)));
        Assert.Contains($"output 'OUTPUT0': 100 bytes at {offset} do not lie in region 7", (await Connection.ReceiveErrorAsync(4, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Infer(5, handle, Input(DataType.UInt8, 7, 0, 100, 100), Output(7, 0, long.MaxValue)));
        await Connection.ReceiveErrorAsync(5, StatusCode.InvalidArgument);

        await Connection.SendAsync(Infer(6, handle, Input(DataType.UInt8, 7, 3996, 100, 100), Output(7, 3996, 100)));
        await Connection.ReceiveAsync(FrameKind.Result);
    }

    [Fact]
    public async Task An_output_that_has_no_room_is_refused_before_the_run()
    {
        using var memory = TestMemory.Create(8192);
        await RegisterSealedAsync(1, 7, memory, 8192);
        var endless = await Connection.OpenModelAsync("endless", id: 2);

        await Connection.SendAsync(Infer(3, endless, Input(DataType.Float32, 7, 0, 400, 100), Output(7, 4096, 399)));

        var error = await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument);
        Assert.Equal("Model 'endless' version 1: output 'y' has 400 bytes; the request has room for 399.", error.Text);
        Assert.Equal(FrameFlags.NotBegun, error.Flags);
    }

    [Fact]
    public async Task An_output_whose_size_the_run_tells_is_refused_after_it()
    {
        var (entry, data) = Frames.Texts(0, ["some", "text"], 1, 2);
        using var memory = TestMemory.Create(4096);
        memory.Write(0, data);
        await RegisterSealedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("simple_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, entry with { Place = TensorPlace.Region, Region = 7 }, Output(7, 1024, data.Length - 1)));

        var error = await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument);
        Assert.Contains($"has {data.Length} bytes; the request has room for {data.Length - 1}", error.Text, StringComparison.Ordinal);
        Assert.Equal(new byte[data.Length], memory.Read(1024, data.Length));
    }

    [Fact]
    public async Task Regions_that_there_are_not_are_not_found()
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 9, 0, 100, 100)));
        await Connection.ReceiveErrorAsync(3, StatusCode.NotFound);
        await SendUnregisterAsync(4, 9);
        await Connection.ReceiveErrorAsync(4, StatusCode.NotFound);
    }

    [Fact]
    public async Task A_number_is_used_once_at_a_time()
    {
        using var memory = TestMemory.Create(4096);
        await RegisterSealedAsync(1, 7, memory, 4096);

        SendSealed(2, 7, memory.Descriptor, 0, 4096);
        Assert.Equal("Region 7 is registered.", (await Connection.ReceiveErrorAsync(2, StatusCode.AlreadyExists)).Text);
        await SendUnregisterAsync(3, 7);
        await ReceiveDoneAsync(3);
        await SendUnregisterAsync(4, 7);
        await Connection.ReceiveErrorAsync(4, StatusCode.NotFound);

        await RegisterSealedAsync(5, 7, memory, 4096);
    }

    [Fact]
    public async Task A_region_of_another_connection_is_not_found()
    {
        using var memory = TestMemory.Create(4096);
        await RegisterSealedAsync(1, 7, memory, 4096);
        using var other = await Server.ConnectUnixAsync();
        var handle = await other.OpenModelAsync("sample_identity", id: 2);

        await other.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, 0, 100, 100)));

        await other.ReceiveErrorAsync(3, StatusCode.NotFound);
    }

    [Fact]
    public async Task An_unregister_is_answered_when_the_last_request_has_let_go()
    {
        using var memory = TestMemory.Create(4096);
        await RegisterSealedAsync(1, 7, memory, 4096);
        var endless = await Connection.OpenModelAsync("endless", id: 2);
        await Connection.SendAsync(Infer(3, endless, Input(DataType.Float32, 7, 0, 64, 16), Output(7, 1024, 64)));

        await SendUnregisterAsync(4, 7);
        await Connection.SendAsync(Infer(5, endless, Input(DataType.Float32, 7, 0, 64, 16)));
        await Connection.ReceiveErrorAsync(5, StatusCode.NotFound);
        SendSealed(6, 7, memory.Descriptor, 0, 4096);
        await Connection.ReceiveErrorAsync(6, StatusCode.AlreadyExists);
        Assert.Equal(1, Server.Server.Regions);

        await Connection.SendAsync(Frames.Cancel(3));
        await Connection.ReceiveErrorAsync(3, StatusCode.Cancelled);
        await ReceiveDoneAsync(4);
        Assert.Equal(0, Server.Server.Regions);
    }

    [Fact]
    public async Task A_connection_may_end_with_regions_in_use_and_on_their_way_out()
    {
        using var memory = TestMemory.Create(4096);
        using var named = TestMemory.CreateNamed(4096);
        await RegisterSealedAsync(1, 7, memory, 4096);
        await RegisterNamedAsync(2, 8, named, 4096);
        await RegisterSealedAsync(3, 9, memory, 4096);
        var endless = await Connection.OpenModelAsync("endless", id: 4);
        await Connection.SendAsync(Infer(5, endless, Input(DataType.Float32, 7, 0, 64, 16), Output(8, 1024, 64)));
        await SendUnregisterAsync(6, 7);
        await Connection.SendAsync(Frames.Ping(9));
        await Connection.ReceiveAsync(FrameKind.Pong);

        Connection.Reset();
    }

    [Fact]
    public async Task A_client_that_leaves_in_order_gets_its_answers_first()
    {
        using var memory = TestMemory.Create(4096);
        memory.Write(0, [1, 2, 3]);
        await RegisterSealedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, 0, 3, 3), Output(7, 1024, 3)));
        await Connection.SendAsync(Frames.GoAway());

        Assert.Equal(3ul, (await Connection.ReceiveAsync(FrameKind.Result)).Id);
        Assert.Null(await Connection.ReceiveAsync());
        Assert.Equal([1, 2, 3], memory.Read(1024, 3));
    }

    [Fact]
    public async Task More_regions_than_a_connection_may_have_are_refused()
    {
        using var memory = TestMemory.Create(4096);
        for (var i = 1; i <= SharedMemoryServer.RegionLimit; i++)
        {
            await RegisterSealedAsync((ulong)i, (uint)i, memory, 4096);
        }

        SendSealed(100, 100, memory.Descriptor, 0, 4096);
        Assert.Equal("The connection has 4 regions, as many as it may.", (await Connection.ReceiveErrorAsync(100, StatusCode.ResourceExhausted)).Text);
        await SendUnregisterAsync(101, 1);
        await ReceiveDoneAsync(101);

        await RegisterSealedAsync(102, 100, memory, 4096);
    }

    [Fact]
    public async Task More_bytes_than_a_connection_may_have_are_refused()
    {
        using var memory = TestMemory.Create(SharedMemoryServer.RegionByteSizeLimit + 1);
        SendSealed(1, 1, memory.Descriptor, 0, SharedMemoryServer.RegionByteSizeLimit + 1);
        await Connection.ReceiveErrorAsync(1, StatusCode.ResourceExhausted);
        await RegisterSealedAsync(2, 1, memory, SharedMemoryServer.RegionByteSizeLimit - 4096);

        SendSealed(3, 2, memory.Descriptor, 0, 4097);
        await Connection.ReceiveErrorAsync(3, StatusCode.ResourceExhausted);
        await RegisterSealedAsync(4, 2, memory, 4096);
    }

    [Fact]
    public async Task More_regions_than_the_server_may_have_are_refused()
    {
        using var memory = TestMemory.CreateNamed(4096);
        using var other = await Server.ConnectUnixAsync();
        for (var i = 1u; i <= SharedMemoryServer.RegionLimit; i++)
        {
            await SendNamedAsync(i, i, memory.Name, 0, 4096, other);
            await other.ReceiveAsync(FrameKind.Done);
        }

        await RegisterNamedAsync(1, 1, memory, 4096);
        await RegisterNamedAsync(2, 2, memory, 4096);
        await SendNamedAsync(3, 3, memory.Name, 0, 4096);
        Assert.Equal("The server has 6 regions of shared memory, as many as it may.", (await Connection.ReceiveErrorAsync(3, StatusCode.ResourceExhausted)).Text);

        other.Dispose();
        await BinaryTestServer.UntilAsync(() => Server.Server.Regions == 2, static () => "The other connection's regions stay.");
        await RegisterNamedAsync(4, 3, memory, 4096);
    }

    [Fact]
    public async Task Without_the_feature_a_register_is_refused()
    {
        using var memory = TestMemory.CreateNamed(4096);
        using var none = await Server.ConnectUnixAsync(WireFeatures.None);
        await SendNamedAsync(1, 7, memory.Name, 0, 4096, none);
        Assert.Equal("Named memory is not in force on this connection, as the hellos say.", (await none.ReceiveErrorAsync(1, StatusCode.Unsupported)).Text);

        // No descriptors come over TCP.
        using var tcp = await Server.ConnectTcpAsync();
        await tcp.SendAsync(new FrameImage(FrameKind.Register, 1) { Own = new RegisterHead(7, RegionKind.Sealed, 0, 4096, 0) });
        Assert.Equal("Sealed memory is not in force on this connection, as the hellos say.", (await tcp.ReceiveErrorAsync(1, StatusCode.Unsupported)).Text);
    }
}
