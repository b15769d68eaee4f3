using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;

namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>Requests that join to one batch, of which some have tensors in memory of their clients on the GPU.</summary>
public sealed class JoiningTests
{
    [Theory]
    [InlineData(OnDevice.Both, OnDevice.Both)]
    [InlineData(OnDevice.Both, OnDevice.Nothing)]
    [InlineData(OnDevice.Input, OnDevice.Nothing)]
    [InlineData(OnDevice.Output, OnDevice.Nothing)]
    [InlineData(OnDevice.Input, OnDevice.Output)]
    [InlineData(OnDevice.Both, OnDevice.Input)]
    public async Task Each_request_of_a_batch_gets_its_own_rows(OnDevice one, OnDevice other)
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { Seed = (int)one + (4 * (int)other) }, prepare: static server => JoiningModel.AddTo(server));
        await using var first = await JoiningClient.ConnectAsync(server, 20);
        await using var second = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        // Numbers 1 to 8, by two clients in turn, with one or two rows each.
        var answers = await gpu.QueueAsync(Enumerable.Range(1, 8).Select(number => (number % 2 == 0 ? first : second).InferAsync(number, number % 4 < 2 ? one : other, Rows(number))));
        await gpu.EndAsync();
        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1, Rows(index + 1)), answer));
        Assert.Equal(1, gpu.BatchCount);
        Assert.Contains(server.Find(JoiningModel.Name).Recorder.ReadBatchSizes(), static size => size is { Rows: 12, Count: 1 });

        static int Rows(int number) => number < 5 ? 2 : 1;
    }

    [Fact]
    public async Task A_batch_that_lies_on_the_device_never_sees_the_host()
    {
        await using var server = await StartAsync();
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 10).Select(number => client.InferAsync(number, OnDevice.Both)));
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
        Assert.Equal((1, 0, 20), (gpu.BatchCount, gpu.HostCopyCount, gpu.DeviceCopyCount));
    }

    [Fact]
    public async Task Rows_of_the_host_are_one_copy_each_way_whatever_comes_between_them()
    {
        await using var server = await StartAsync();
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        var copies = new List<int>();

        // The first rounds teach the server how many rows a slab should have.
        for (var round = 0; round < 6; round++)
        {
            await using var gpu = await OccupiedGpu.BeginAsync(server);
            var answers = await gpu.QueueAsync(Enumerable.Range(1, 16).Select(number => client.InferAsync(number, number % 4 == 1 ? OnDevice.Both : OnDevice.Nothing)));
            await gpu.EndAsync();
            Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
            Assert.Equal(8, gpu.DeviceCopyCount);
            copies.Add(gpu.HostCopyCount / gpu.BatchCount);
        }

        Assert.Equal(2, copies[^1]);
    }

    [Fact]
    public async Task An_output_goes_to_those_alone_that_want_it()
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server, hasTwoOutputs: true));
        await using var onDevice = await JoiningClient.ConnectAsync(server, 20);
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync(JoiningModel.Name);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var ofOne = await gpu.QueueAsync(Enumerable.Range(1, 2).Select(number => onDevice.InferAsync(number, number == 1 ? OnDevice.Both : OnDevice.Output)));
        var ofBoth = InferAsync(3);
        await gpu.UntilWaitingAsync(ofOne.Length + 1);
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(ofOne), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
        var both = await ofBoth;
        Assert.Equal([.. JoiningModel.Answer(3), .. JoiningModel.Answer(3)], both);

        // A kernel for each output.
        Assert.Equal(2, gpu.BatchCount);

        async Task<float[]> InferAsync(int number)
        {
            using var result = await model.InferAsync([InferenceInput.Create("X", JoiningModel.Numbers(number), 1, JoiningModel.Columns)]);
            return [.. result["Y"].ToArray<float>(), .. result["Z"].ToArray<float>()];
        }
    }

    [Fact]
    public async Task A_request_alone_is_not_copied_to_be_joined()
    {
        await using var server = await StartAsync();
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync(JoiningModel.Name);
        var handle = server.Peers.Export(new byte[JoiningModel.RowByteSize]);
        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, JoiningModel.RowByteSize);
        var (hostCopies, deviceCopies) = (server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount);

        using var result = await model.InferAsync([InferenceInput.FromRegion("X", DataType.Float32, region.Slice(0, JoiningModel.RowByteSize), 1, JoiningModel.Columns)]);

        Assert.All(result["Y"].ToArray<float>(), static value => Assert.Equal(1f, value));
        Assert.Equal((hostCopies + 1, deviceCopies), (server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_amid_the_batch_leaves_the_others_their_rows_and_its_memory_in_use()
    {
        await using var server = await StartAsync();
        await using var first = await JoiningClient.ConnectAsync(server, 20);
        await using var second = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);
        using var cancellation = new CancellationTokenSource();

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 5).Select(number => (number is 2 or 3 ? first : second).InferAsync(
            number, number is 3 or 4 ? OnDevice.Nothing : OnDevice.Both, cancellationToken: number == 1 ? cancellation.Token : default)));
        await gpu.EndBeforeAsync(JoiningModel.Kernel);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answers[0]);
        var returned = second.GiveMemoryBackAsync();
        Assert.Equal(2, server.Peers.OpenCount);

        server.Simulation.Release(JoiningModel.Kernel);
        Assert.All(await Task.WhenAll(answers[1..]), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 2), answer));
        await returned;
        Assert.Equal((1, 1), (gpu.BatchCount, server.Peers.OpenCount));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_while_it_waits_leaves_no_gap()
    {
        await using var server = await StartAsync();
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);
        using var cancellation = new CancellationTokenSource();

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 4).Select(number => client.InferAsync(
            number, number == 3 ? OnDevice.Nothing : OnDevice.Both, cancellationToken: number == 1 ? cancellation.Token : default)));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answers[0]);
        await gpu.UntilWaitingAsync(3);
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers[1..]), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 2), answer));
        Assert.True(client.IsUntouched(1));
        Assert.Equal(1, gpu.BatchCount);
    }

    [Fact]
    public async Task A_copy_that_the_driver_refuses_fails_its_request_alone()
    {
        await using var server = await StartAsync();
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 4).Select(number => client.InferAsync(number, number == 3 ? OnDevice.Nothing : OnDevice.Both)));

        // Once for the batch, and once for the first with memory on the device of those that then run alone.
        server.Simulation.Fail("cuMemcpyDtoDAsync", status: 1);
        server.Simulation.Fail("cuMemcpyDtoDAsync", status: 1);
        await gpu.EndAsync();

        var failure = await Assert.ThrowsAsync<InferenceException>(() => Task.WhenAll(answers));
        Assert.Contains("'joining' version 1: GPU 0: cuMemcpyDtoDAsync failed", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, answers.Where(static (answer, index) => answer.IsCompletedSuccessfully && answer.Result.AsSpan().SequenceEqual(JoiningModel.Answer(index + 1))).Count());
    }

    [Fact]
    public async Task An_output_that_is_checked_fails_its_request_alone()
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server, addition: "outputs: [{ name: Y, maximum: 5000 }]"));
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(((int[])[1, 3, 2]).Select(number => client.InferAsync(number, number == 2 ? OnDevice.Nothing : OnDevice.Both)));
        await gpu.EndAsync();

        Assert.Equal(JoiningModel.Answer(1), await answers[0]);
        Assert.Contains("as model.yaml says", (await Assert.ThrowsAsync<InferenceException>(() => answers[1])).Message, StringComparison.Ordinal);
        Assert.Equal(JoiningModel.Answer(2), await answers[2]);
        Assert.Equal(1, gpu.BatchCount);
    }

    [Fact]
    public async Task What_a_model_takes_for_indices_joins_too()
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server, dataType: "INT32"));
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 4).Select(number => client.InferAsync(number, number % 2 == 0 ? OnDevice.Nothing : OnDevice.Both, dataType: DataType.Int32)));
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
        Assert.Equal(1, gpu.BatchCount);
    }

    [Fact]
    public async Task Rows_that_do_not_lie_together_run_alone_and_others_join_all_the_same()
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server, shape: "columns, rows", addition: """
            inputs: [{ name: X, batch_axis: 1 }]
            outputs: [{ name: Y, batch_axis: 1 }]
            """));
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 6).Select(number => client.InferAsync(number, (OnDevice)Math.Max(0, 4 - number), isTransposed: true)));
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
        Assert.Equal(4, gpu.BatchCount);
    }

    [Theory]
    [InlineData(OnDevice.Input, 1)]
    [InlineData(OnDevice.Output, 3)]
    public async Task An_output_whose_size_the_inputs_do_not_tell_joins_unless_it_goes_to_the_device(OnDevice onDevice, int batches)
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server, outputShape: "rows, \"columns + 0\""));
        await using var client = await JoiningClient.ConnectAsync(server, 20);
        await using var gpu = await OccupiedGpu.BeginAsync(server);

        var answers = await gpu.QueueAsync(Enumerable.Range(1, 3).Select(number => client.InferAsync(number, number == 3 ? OnDevice.Nothing : onDevice)));
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index + 1), answer));
        Assert.Equal(batches, gpu.BatchCount);
    }

    [Fact]
    public async Task What_all_rows_share_joins_from_the_host_and_not_from_the_device()
    {
        const int Offset = 256;
        await using var server = await GpuServer.StartAsync(prepare: static server => server.AddSample("scale_bias_relu", configuration: """
            backend: cuda_module
            device: cuda
            batching: { max_batch_size: 16 }
            limits: { concurrency: 1 }
            warm_up: none
            """));
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("scale_bias_relu");
        float[][] tensors = [[1, 2], [10, 20], [100, 200]];
        var handle = server.Peers.Export(new byte[3 * Offset]);
        for (var i = 0; i < tensors.Length; i++)
        {
            server.Peers.Write(handle, MemoryMarshal.AsBytes(tensors[i].AsSpan()), i * Offset);
        }

        await using var region = await client.RegisterCudaMemoryAsync(handle, 0, 3 * Offset);
        await using var gpu = await OccupiedGpu.BeginAsync(server);
        var answers = await gpu.QueueAsync(Enumerable.Range(0, 5).Select(async index =>
        {
            var isShared = index < 3;
            using var result = await model.InferAsync([
                InferenceInput.FromRegion("X", DataType.Float32, region.Slice(0, 8), 1, 2),
                isShared ? InferenceInput.Create("SCALE", tensors[1]) : InferenceInput.FromRegion("SCALE", DataType.Float32, region.Slice(Offset, 8), 2),
                InferenceInput.Create("BIAS", tensors[2])]);
            return result["Y"].ToArray<float>();
        }), "scale_bias_relu");
        await gpu.EndAsync();

        Assert.All(await Task.WhenAll(answers), static answer => Assert.Equal([110f, 240f], answer));
        Assert.Equal(3, gpu.BatchCount);
    }

    [Fact]
    public async Task Rows_of_another_GPU_join_over_the_host()
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { DeviceCount = 2 }, prepare: static server => JoiningModel.AddTo(server, device: "cuda:1"));
        await using var elsewhere = await JoiningClient.ConnectAsync(server, 40);
        await using var there = await JoiningClient.ConnectAsync(server, 40, ordinal: 1);

        var answers = Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? elsewhere : there).InferAsync(number, number % 3 == 0 ? OnDevice.Nothing : OnDevice.Both));

        Assert.All(await Task.WhenAll(answers), static (answer, index) => Assert.Equal(JoiningModel.Answer(index), answer));
    }

    private static Task<GpuServer> StartAsync() => GpuServer.StartAsync(prepare: static server => JoiningModel.AddTo(server));
}
