using Camshaft.Backends;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.CudaSharedMemory.Tests;

/// <summary>What may be registered of a GPU's memory, and what the client is told otherwise. Afterwards the connection serves on.</summary>
public sealed class RegistrationTests
{
    private const int ByteSize = 4096;

    [Theory]
    [InlineData("garbage", 0, StatusCode.InvalidArgument, "Region 5: GPU 0 does not open the handle: cuIpcOpenMemHandle failed: CUDA_ERROR_INVALID_VALUE")]
    [InlineData("ended", 0, StatusCode.InvalidArgument, "Region 5: GPU 0 does not open the handle: cuIpcOpenMemHandle failed: CUDA_ERROR_INVALID_VALUE")]
    [InlineData("other", 0, StatusCode.InvalidArgument, "Region 5: GPU 0 does not open the handle: the memory is GPU 1's.")]
    [InlineData("right", 1, StatusCode.InvalidArgument, "Region 5: GPU 1 does not open the handle: the memory is GPU 0's.")]
    [InlineData("right", 2, StatusCode.NotFound, "Region 5: there is no GPU 2; the server has 0, 1.")]
    [InlineData("right", uint.MaxValue, StatusCode.NotFound, "Region 5: there is no GPU 4294967295; the server has 0, 1.")]
    public async Task What_the_handle_does_not_name_here_is_refused(string what, uint ordinal, StatusCode code, string message)
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { DeviceCount = 2 });
        using var connection = await server.ConnectAsync();
        var right = server.Peers.Export(new byte[ByteSize]);
        var ended = server.Peers.Export(new byte[ByteSize]);
        server.Peers.End(ended);
        var handle = what switch
        {
            "garbage" => Enumerable.Range(0, 64).Select(static value => (byte)value).ToArray(),
            "ended" => ended,
            "other" => server.Peers.Export(new byte[ByteSize], ordinal: 1),
            _ => right,
        };

        await connection.SendAsync(RegionFrames.Register(2, 5, handle, ByteSize, ordinal: ordinal));
        Assert.Contains(message, (await connection.ReceiveErrorAsync(2, code)).Text, StringComparison.Ordinal);

        await connection.SendAsync(RegionFrames.Register(3, 5, right, ByteSize));
        Assert.Equal(3u, (await connection.ReceiveAsync(FrameKind.Done)).Id);
        Assert.Equal(1, server.Peers.OpenCount);
    }

    [Theory]
    [InlineData(0, 4097)]
    [InlineData(1, 4096)]
    [InlineData(4096, 1)]
    [InlineData(0, 0)]
    [InlineData(0, long.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public async Task A_region_that_does_not_lie_in_what_the_driver_has_is_refused(long offset, long byteSize)
    {
        await using var server = await GpuServer.StartAsync(memoryOptions: new SharedMemoryOptions { RegionByteSizeLimit = long.MaxValue });
        using var connection = await server.ConnectAsync();
        var handle = server.Peers.Export(new byte[ByteSize]);

        await connection.SendAsync(RegionFrames.Register(2, 5, handle, byteSize, offset));
        Assert.Contains(
            $"Region 5: A region of {byteSize} bytes at {offset} does not lie in memory of 4096 bytes",
            (await connection.ReceiveErrorAsync(2, StatusCode.InvalidArgument)).Text,
            StringComparison.Ordinal);
        Assert.Equal((0, 0), (server.Peers.OpenCount, server.Server.Regions));

        await connection.SendAsync(RegionFrames.Register(3, 5, handle, 96, 4000));
        await connection.ReceiveAsync(FrameKind.Done);
    }

    [Fact]
    public async Task Regions_are_bounded_as_those_of_the_host()
    {
        await using var server = await GpuServer.StartAsync(memoryOptions: new SharedMemoryOptions { RegionLimit = 2, ServerRegionLimit = 3, RegionByteSizeLimit = 6000 });
        using var connection = await server.ConnectAsync();
        var handle = server.Peers.Export(new byte[ByteSize]);
        await RegisterAsync(connection, 2, 1, handle, ByteSize);

        await RefuseAsync(connection, 3, 2, handle, ByteSize, StatusCode.ResourceExhausted, "more than the 6000");
        await RefuseAsync(connection, 4, 1, handle, 1, StatusCode.AlreadyExists, "Region 1 is registered");
        await RegisterAsync(connection, 5, 2, handle, 1000);
        await RefuseAsync(connection, 6, 3, handle, 1, StatusCode.ResourceExhausted, "as many as it may");
        using var other = await server.ConnectAsync();
        await RegisterAsync(other, 2, 1, handle, 1);
        await RefuseAsync(other, 3, 2, handle, 1, StatusCode.ResourceExhausted, "The server has 3 regions");
        Assert.Equal(1, server.Peers.OpenCount);
    }

    [Fact]
    public async Task Memory_for_the_mapping_that_lacks_is_an_error_of_the_register()
    {
        await using var server = await GpuServer.StartAsync();
        using var connection = await server.ConnectAsync();
        server.Simulation.FailForMemory("cuIpcOpenMemHandle");

        await RefuseAsync(connection, 2, 5, server.Peers.Export(new byte[ByteSize]), ByteSize, StatusCode.ResourceExhausted, "CUDA_ERROR_OUT_OF_MEMORY");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Without_a_GPU_or_the_permission_nothing_is_offered(bool isOffered, int gpus)
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { DeviceCount = gpus }, new SharedMemoryOptions { OffersCuda = isOffered });
        using var connection = await server.ConnectAsync(WireFeatures.None);
        await connection.SendAsync(RegionFrames.Register(2, 5, new byte[64], ByteSize));

        Assert.Contains("CUDA memory is not in force", (await connection.ReceiveErrorAsync(2, StatusCode.Unsupported)).Text, StringComparison.Ordinal);
        await using var client = server.CreateClient();
        var exception = await Assert.ThrowsAsync<Client.InferenceException>(async () => await client.RegisterCudaMemoryAsync(new byte[64], 0, ByteSize));
        Assert.Equal(StatusCode.Unsupported, exception.Code);

        // Of models that find no GPU.
        _ = server.TakeErrors();
    }

    [Fact]
    public async Task A_client_names_wrong_numbers_to_nobody()
    {
        await using var client = new Client.CamshaftClient("camshaft://127.0.0.1:1");

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.RegisterCudaMemoryAsync(new byte[63], 0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.RegisterCudaMemoryAsync(new byte[64], -1, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.RegisterCudaMemoryAsync(new byte[64], 0, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.RegisterCudaMemoryAsync(new byte[64], 0, 1, -1));
    }

    [Fact]
    public async Task Clients_that_share_no_memory_say_so()
    {
        await using var server = await GpuServer.StartAsync();
        await using var client = server.CreateClient();
        await using var region = await client.RegisterCudaMemoryAsync(server.Peers.Export(new byte[ByteSize]), 0, ByteSize);
        var input = Client.InferenceInput.FromRegion("INPUT0", DataType.Float32, region.Slice(0, 8), 2);
        await using Client.IInferenceClient other = new Client.InMemoryInferenceClient().AddModel(
            "identity", new ModelSignature([new TensorSpec("INPUT0", DataType.Float32, new Shape(2))], [new TensorSpec("OUTPUT0", DataType.Float32, new Shape(2))]), static (_, _) => ValueTask.CompletedTask);
        await using var model = await other.OpenModelAsync("identity");

        Assert.Equal(StatusCode.Unsupported, (await Assert.ThrowsAsync<Client.InferenceException>(async () => await other.RegisterCudaMemoryAsync(new byte[64], 0, 1))).Code);
        Assert.Equal(StatusCode.Unsupported, (await Assert.ThrowsAsync<Client.InferenceException>(async () => await model.InferAsync([input]))).Code);
        Assert.Throws<ArgumentException>(() => Client.InferenceInput.FromRegion("INPUT0", DataType.Float32, region.Slice(0, 8), 3));
    }

    private static async Task RegisterAsync(FrameConnection connection, ulong id, uint region, byte[] handle, long byteSize)
    {
        await connection.SendAsync(RegionFrames.Register(id, region, handle, byteSize));
        Assert.Equal(id, (await connection.ReceiveAsync(FrameKind.Done)).Id);
    }

    private static async Task RefuseAsync(FrameConnection connection, ulong id, uint region, byte[] handle, long byteSize, StatusCode code, string message)
    {
        await connection.SendAsync(RegionFrames.Register(id, region, handle, byteSize));
        Assert.Contains(message, (await connection.ReceiveErrorAsync(id, code)).Text, StringComparison.Ordinal);
    }
}
