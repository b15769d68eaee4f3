using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;
using Camshaft.Transport.Binary;

namespace Camshaft.CudaSharedMemory.Tests;

/// <summary>Tensors in memory of GPUs that clients share, on their way through a whole server.</summary>
public sealed class DeviceTensorTests
{
    // At these places tensors begin at multiples of 256.
    private const int Place = 256;
    private const int Count = 50;
    private const int ByteSize = Count * sizeof(float);

    [Fact]
    public async Task Inputs_and_outputs_never_see_the_host()
    {
        await using var server = await GpuServer.StartAsync();
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("vector_add");
        var handle = server.Peers.Export(Lay(Numbers(0), Numbers(1000), new float[Count]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 3 * Place);
        var (hostCopies, deviceCopies) = (server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount);

        for (var i = 1; i <= 3; i++)
        {
            using var result = await model.InferAsync([Input("A", region, 0), Input("B", region, Place)], To("C", region, 2 * Place));

            Assert.Equal([Count], result["C"].Shape.Dimensions.ToArray());
            Assert.Equal(Sums(), ReadFloats(server, handle, 2 * Place));
            Assert.Equal(hostCopies, server.Simulation.HostCopyCount);

            // Inputs are read where they lie; the output is copied there when it is whole.
            Assert.Equal(deviceCopies + i, server.Simulation.DeviceCopyCount);
        }
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(0, false)]
    public async Task An_input_that_cannot_be_used_where_it_lies_is_copied_on_the_device(int offset, bool isUsedInPlace)
    {
        await using var server = await GpuServer.StartAsync(memoryOptions: new SharedMemoryOptions { UsesInPlace = isUsedInPlace });
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("vector_add");
        var handle = server.Peers.Export([.. new byte[offset], .. Lay(Numbers(0), Numbers(1000), new float[Count])]);
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 3 * Place, offset);
        var (hostCopies, deviceCopies) = (server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount);

        using var result = await model.InferAsync([Input("A", region, 0), Input("B", region, Place)], To("C", region, 2 * Place));

        Assert.Equal(Sums(), ReadFloats(server, handle, offset + (2 * Place)));
        Assert.Equal((hostCopies, deviceCopies + 3), (server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount));
    }

    [Fact]
    public async Task Some_tensors_may_lie_on_the_device_and_others_be_sent()
    {
        await using var server = await GpuServer.StartAsync();
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("vector_add");
        var handle = server.Peers.Export(Lay(Numbers(0), new float[Count]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 2 * Place);

        using var fromDevice = await model.InferAsync([Input("A", region, 0), InferenceInput.Create("B", Numbers(1000))]);
        using var toDevice = await model.InferAsync([InferenceInput.Create("A", Numbers(0)), InferenceInput.Create("B", Numbers(1000))], To("C", region, Place));

        Assert.Equal(Sums(), fromDevice["C"].ToArray<float>());
        Assert.Equal(Sums(), ReadFloats(server, handle, Place));
    }

    [Fact]
    public async Task Requests_with_tensors_on_the_device_run_beside_batches_of_others()
    {
        const int Columns = 10;
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { Seed = 7 }, prepare: static server => server.AddSample("softmax", "joining", """
            backend: cuda_module
            device: cuda
            batching: { max_batch_size: 8 }
            warm_up: none
            """));
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("joining");
        var rows = Enumerable.Range(0, 24).Select(static row => Enumerable.Range(0, Columns).Select(column => (float)((row * 7) + (column * column)) / 10).ToArray()).ToArray();
        var handle = server.Peers.Export(Lay([.. rows, .. rows.Select(static row => new float[row.Length])]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 2 * rows.Length * Place);

        var answers = rows.Select(async (row, index) =>
        {
            var input = index % 2 == 0
                ? InferenceInput.FromRegion("X", DataType.Float32, region.Slice(index * Place, Columns * sizeof(float)), 1, Columns)
                : InferenceInput.Create("X", row, 1, Columns);
            var options = index % 3 == 0 ? new InferenceOptions { OutputRegions = [new OutputRegion("Y", region.Slice((rows.Length + index) * Place, Columns * sizeof(float)))] } : null;
            using var result = await model.InferAsync([input], options);
            return options is null ? result["Y"].ToArray<float>() : ReadFloats(server, handle, (rows.Length + index) * Place, Columns);
        });

        foreach (var (row, answer) in rows.Zip(await Task.WhenAll(answers)))
        {
            var sum = row.Sum(value => MathF.Exp(value - row.Max()));
            Assert.All(row.Zip(answer), pair => Assert.Equal(MathF.Exp(pair.First - row.Max()) / sum, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public async Task A_model_on_the_processors_gets_a_copy_and_its_output_is_copied_back()
    {
        await using var server = await GpuServer.StartAsync();
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("on_processors");
        var handle = server.Peers.Export(Lay(Numbers(3), new float[Count]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 2 * Place);

        for (var i = 0; i < 3; i++)
        {
            server.Peers.Write(handle, Lay(Numbers(i)));
            using var result = await model.InferAsync([Input("INPUT0", region, 0)], To("OUTPUT0", region, Place));

            Assert.Equal(Numbers(i), ReadFloats(server, handle, Place));
        }
    }

    [Fact]
    public async Task A_model_on_another_GPU_gets_a_copy_and_its_output_is_copied_back()
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { DeviceCount = 2 }, prepare: static server => server.AddSample("vector_add", "elsewhere", """
            backend: cuda_module
            device: cuda:1
            """));
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("elsewhere");
        var handle = server.Peers.Export(Lay(Numbers(0), Numbers(1000), new float[Count]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 3 * Place);

        using var result = await model.InferAsync([Input("A", region, 0), Input("B", region, Place)], To("C", region, 2 * Place));

        Assert.Equal(Sums(), ReadFloats(server, handle, 2 * Place));
    }

    [Fact]
    public async Task An_output_whose_size_the_inputs_do_not_tell_stays_on_the_device()
    {
        await using var server = await StartWithTwiceAsync("FP32", "2 * n");
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("twice");
        var handle = server.Peers.Export(Lay([1f, 2f], new float[4]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 2 * Place);
        var input = InferenceInput.FromRegion("X", DataType.Float32, region.Slice(0, 8), 2);
        var hostCopies = server.Simulation.HostCopyCount;

        using var result = await model.InferAsync([input], new InferenceOptions { OutputRegions = [new OutputRegion("Y", region.Slice(Place, 16))] });
        Assert.Equal([1f, 2f, 1f, 2f], ReadFloats(server, handle, Place, 4));
        Assert.Equal(hostCopies, server.Simulation.HostCopyCount);

        var small = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync([input], new InferenceOptions { OutputRegions = [new OutputRegion("Y", region.Slice(Place, 12))] }));
        Assert.Equal(StatusCode.InvalidArgument, small.Code);
        Assert.Contains("'Y'", small.Message, StringComparison.Ordinal);
        Assert.Contains("16 bytes", small.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT32", 2)]
    [InlineData("UINT32", 1)]
    public async Task What_a_model_takes_for_indices_is_copied_before_it_looks(string dataType, int copies)
    {
        await using var server = await StartWithTwiceAsync(dataType, "n + n");
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("twice");
        var handle = server.Peers.Export(new byte[2 * Place]);
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 2 * Place);
        var deviceCopies = server.Simulation.DeviceCopyCount;

        using var result = await model.InferAsync(
            [InferenceInput.FromRegion("X", dataType == "INT32" ? DataType.Int32 : DataType.UInt32, region.Slice(0, 8), 2)],
            new InferenceOptions { OutputRegions = [new OutputRegion("Y", region.Slice(Place, 16))] });

        Assert.Equal(deviceCopies + copies, server.Simulation.DeviceCopyCount);
    }

    [Fact]
    public async Task An_output_whose_values_are_checked_comes_over_the_host()
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => server.AddSample("vector_add", "checked", """
            backend: cuda_module
            device: cuda
            outputs: [{ name: C, minimum: 0, maximum: 2000 }]
            """));
        Assert.Null(server.Find("checked").Reason);
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("checked");
        var handle = server.Peers.Export(Lay(Numbers(0), Numbers(1000), new float[Count]));
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 3 * Place);

        using (await model.InferAsync([Input("A", region, 0), Input("B", region, Place)], To("C", region, 2 * Place)))
        {
            Assert.Equal(Sums(), ReadFloats(server, handle, 2 * Place));
        }

        server.Peers.Write(handle, Lay(Numbers(5000)));
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync([Input("A", region, 0), Input("B", region, Place)], To("C", region, 2 * Place)));
        Assert.Contains("as model.yaml says", exception.Message, StringComparison.Ordinal);
        Assert.Equal(Sums(), ReadFloats(server, handle, 2 * Place));
    }

    private static Task<GpuServer> StartWithTwiceAsync(string dataType, string length) => GpuServer.StartAsync(prepare: server =>
    {
        server.Simulation.Register(new SimulatedKernel("twice", [8, 8, 4], static launch =>
        {
            var count = launch.Get<int>(2);
            var source = launch.Read<float>(0, count);
            var target = launch.Write<float>(1, 2 * count);
            source.CopyTo(target);
            source.CopyTo(target[count..]);
        }));
        server.Write("twice/model.yaml", "backend: cuda_module\ndevice: cuda\nwarm_up: none\n");
        server.Write("twice/1/module.ptx", """
            .version 7.0
            .target sm_70
            .address_size 64
            .visible .entry twice(.param .u64 x, .param .u64 y, .param .u32 n)
            {
                ret;
            }
            """);
        server.Write("twice/1/module.yaml", $$"""
            inputs: [{ name: X, datatype: {{dataType}}, shape: [n] }]
            outputs: [{ name: Y, datatype: {{dataType}}, shape: ["{{length}}"] }]
            kernels: [{ name: twice, grid: [n], block: [1], arguments: [X, Y, u32 n] }]
            """);
    });

    private static InferenceInput Input(string name, SharedRegion region, int offset) => InferenceInput.FromRegion(name, DataType.Float32, region.Slice(offset, ByteSize), Count);

    private static InferenceOptions To(string name, SharedRegion region, int offset) => new() { OutputRegions = [new OutputRegion(name, region.Slice(offset, ByteSize))] };

    private static float[] Numbers(int first) => [.. Enumerable.Range(first, Count).Select(static number => (float)number)];

    private static float[] Sums() => [.. Enumerable.Range(0, Count).Select(static number => (2f * number) + 1000)];

    /// <summary>Lays tensors one behind the other, each at a multiple of <see cref="Place"/>.</summary>
    private static byte[] Lay(params float[][] tensors)
    {
        var bytes = new byte[tensors.Length * Place];
        for (var i = 0; i < tensors.Length; i++)
        {
            MemoryMarshal.AsBytes(tensors[i].AsSpan()).CopyTo(bytes.AsSpan(i * Place));
        }

        return bytes;
    }

    private static float[] ReadFloats(GpuServer server, byte[] handle, int offset, int count = Count) =>
        MemoryMarshal.Cast<byte, float>(server.Peers.Read(handle).AsSpan(offset, count * sizeof(float))).ToArray();
}
