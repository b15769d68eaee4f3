using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Tests;

/// <summary>Tensors in memory that the client shares with the real server.</summary>
[Collection(ServerCollection.Name)]
public sealed class SharedRegionTests(ServerFixture kestrel, EpollServerFixture server) : IClassFixture<EpollServerFixture>
{
    private const int Large = 600_000;

    [Fact]
    public async Task A_client_that_is_offered_none_is_told()
    {
        await using var own = await TestServer.StartAsync(SampleModel.Repository, static options => (options.SharedMemory.Named, options.SharedMemory.Sealed) = (false, false));
        await using var client = new CamshaftClient(own.BinaryAddresses[0]);

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await client.CreateRegionAsync(100));

        Assert.Equal(StatusCode.Unsupported, exception.Code);
        Assert.Contains("offers this client no shared memory", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, RegionKind.Named)]
    [InlineData(false, true, RegionKind.Named)]
    [InlineData(true, false, RegionKind.Named)]
    [InlineData(true, true, RegionKind.Sealed)]
    public async Task Tensors_go_and_come_back_in_shared_memory(bool isEpoll, bool isUnix, RegionKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        var place = isEpoll ? server : kestrel;
        await using var client = new CamshaftClient(isUnix ? place.UnixAddress : place.Address);
        await using var model = await client.OpenModelAsync("sample_identity");
        await using var region = await client.CreateRegionAsync(2 * Large);
        Assert.Equal(kind, region.Mapped.Kind);
        var (from, to) = (region.Slice(0, Large), region.Slice(Large, Large));
        new Random(1).NextBytes(from.Bytes);
        var options = new InferenceOptions { OutputRegions = [new OutputRegion("OUTPUT0", to)] };

        for (var i = 0; i < 3; i++)
        {
            to.Bytes.Clear();
            using var result = await model.InferAsync(InferenceInput.FromRegion("INPUT0", DataType.UInt8, from, Large), options);

            Assert.True(to.Bytes.SequenceEqual(from.Bytes));
            Assert.True(result["OUTPUT0"].Bytes.Overlaps(to.Bytes));
            Assert.Equal(Large, result["OUTPUT0"].Bytes.Length);
        }
    }

    [Fact]
    public async Task Some_tensors_may_be_shared_and_others_sent()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var client = new CamshaftClient(server.UnixAddress);
        await using var model = await client.OpenModelAsync("simple");
        await using var region = await client.CreateRegionAsync(4096);
        Enumerable.Range(0, 16).ToArray().CopyTo(region.Slice(64, 64).As<int>());
        var options = new InferenceOptions { Outputs = ["OUTPUT1"], OutputRegions = [new OutputRegion("OUTPUT0", region.Slice(1024, 100))] };

        using var result = await model.InferAsync(
            [InferenceInput.FromRegion("INPUT0", DataType.Int32, region.Slice(64, 64), 1, 16), InferenceInput.Create("INPUT1", Enumerable.Repeat(1, 16).ToArray(), 1, 16)], options);

        Assert.Equal(Enumerable.Range(1, 16), result["OUTPUT0"].ToArray<int>());
        Assert.Equal(Enumerable.Range(-1, 16), result["OUTPUT1"].ToArray<int>());
        Assert.Equal(Enumerable.Range(1, 16), region.Slice(1024, 64).As<int>().ToArray());
    }

    [Fact]
    public async Task An_output_that_has_no_room_fails_with_the_bytes_that_it_needs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var client = new CamshaftClient(server.UnixAddress);
        await using var model = await client.OpenModelAsync("sample_identity");
        await using var region = await client.CreateRegionAsync(4096);
        var options = new InferenceOptions { OutputRegions = [new OutputRegion("OUTPUT0", region.Slice(0, 99))] };

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create("INPUT0", new byte[100]), options));

        Assert.Equal(StatusCode.InvalidArgument, exception.Code);
        Assert.Contains("output 'OUTPUT0' has 100 bytes; the request has room for 99", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_connection_learns_of_a_region_when_it_first_needs_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.UnixAddress) }, ConnectionsPerEndpoint = 4 });
        await using var model = await client.OpenModelAsync("sample_identity");
        await using var region = await client.CreateRegionAsync(64 * 128);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var place = region.Slice(i * 128, 64);
            place.Bytes.Fill((byte)i);
            var options = new InferenceOptions { OutputRegions = [new OutputRegion("OUTPUT0", region.Slice((i * 128) + 64, 64))] };
            using var result = await model.InferAsync(InferenceInput.FromRegion("INPUT0", DataType.UInt8, place, 64), options);
            Assert.Equal(-1, result[0].Bytes.IndexOfAnyExcept((byte)i));
        }));
    }

    [Fact]
    public async Task A_region_outlives_its_server()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.FullPath, "camshaft.sock");
        var first = await TestServer.StartAsync(SampleModel.Repository, options => (options.BinarySocket, options.BinaryIo) = (path, BinaryIo.Epoll));
        await using var client = new CamshaftClient("camshaft+unix://" + path);
        await using var model = await client.OpenModelAsync("sample_identity");
        await using var region = await client.CreateRegionAsync(4096);
        region.Memory.Span[..4].Fill(7);
        var input = InferenceInput.FromRegion("INPUT0", DataType.UInt8, region.Slice(0, 4), 4);
        (await model.InferAsync(input)).Dispose();

        await first.DisposeAsync();
        await using var second = await TestServer.StartAsync(SampleModel.Repository, options => (options.BinarySocket, options.BinaryIo) = (path, BinaryIo.Epoll));

        using var result = await InferSoonAsync(model, input);
        Assert.Equal([7, 7, 7, 7], result[0].ToArray<byte>());
    }

    [Fact]
    public async Task A_region_is_given_back_when_the_requests_that_use_it_have_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        await using var client = new CamshaftClient(server.UnixAddress);
        await using var endless = await client.OpenModelAsync("endless");
        var region = await client.CreateRegionAsync(4096);
        using var cancel = new CancellationTokenSource();
        var input = InferenceInput.FromRegion("x", DataType.Float32, region.Slice(0, 64), 16);
        var request = endless.InferAsync(input, cancellationToken: cancel.Token).AsTask();

        var disposal = region.DisposeAsync().AsTask();

        // What is sent after it waits behind it.
        await using var model = await client.OpenModelAsync("sample_identity");
        Assert.False(disposal.IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => region.Memory);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await disposal;
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await endless.InferAsync(input));
        Assert.Equal((StatusCode.InvalidArgument, true), (exception.Code, exception.NotBegun));
        Assert.Throws<ObjectDisposedException>(() => InferenceInput.FromRegion("x", DataType.Float32, region.Slice(0, 64), 16));
    }

    [Fact]
    public async Task Parts_outside_a_region_and_shapes_of_other_sizes_are_refused()
    {
        await using var client = new InMemoryInferenceClient();
        await using var region = await client.CreateRegionAsync(100);

        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(0, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(101, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(int.MaxValue, int.MaxValue));
        Assert.Throws<ArgumentException>(() => InferenceInput.FromRegion("x", DataType.Float32, region.Slice(0, 100), 24));
    }

    [Fact]
    public async Task A_client_in_memory_reads_and_writes_regions()
    {
        var signature = new ModelSignature([new TensorSpec("x", DataType.Float32, new Shape(-1))], [new TensorSpec("y", DataType.Float32, new Shape(-1)), new TensorSpec("z", DataType.Float32, new Shape(-1))]);
        await using var client = new InMemoryInferenceClient().AddModel("double", signature, static request =>
        {
            request.Write<float>("y", [.. request.Read<float>("x").ToArray().Select(static value => value * 2)]);
            request.Write<float>("z", [5]);
        });
        await using var model = await client.OpenModelAsync("double");
        await using var region = await client.CreateRegionAsync(100);
        region.Slice(0, 8).As<float>().Fill(1.5f);
        var input = InferenceInput.FromRegion("x", DataType.Float32, region.Slice(0, 8), 2);

        using var result = await model.InferAsync(input, new InferenceOptions { Outputs = ["z"], OutputRegions = [new OutputRegion("y", region.Slice(16, 8))] });

        Assert.Equal([3, 3], region.Slice(16, 8).As<float>().ToArray());
        Assert.Equal([3, 3], result["y"].ToArray<float>());
        Assert.Equal([5], result["z"].ToArray<float>());
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(input, new InferenceOptions { OutputRegions = [new OutputRegion("y", region.Slice(16, 7))] }));
        Assert.Equal("Output 'y' has 8 bytes; the request has room for 7.", exception.Message);
    }

    [Fact]
    public async Task Over_HTTP_no_memory_is_shared()
    {
        await using var client = new KServeHttpClient(server.HttpAddress);
        await using var local = new InMemoryInferenceClient();
        await using var region = await local.CreateRegionAsync(100);
        await using var model = await client.OpenModelAsync("sample_identity");

        Assert.Equal(StatusCode.Unsupported, (await Assert.ThrowsAsync<InferenceException>(async () => await client.CreateRegionAsync(100))).Code);
        var options = new InferenceOptions { OutputRegions = [new OutputRegion("OUTPUT0", region.Slice(0, 100))] };
        Assert.Equal(StatusCode.Unsupported, (await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create("INPUT0", new byte[100]), options))).Code);
    }

    /// <summary>Asks until the client has a connection again.</summary>
    private static async Task<InferenceResult> InferSoonAsync(IInferenceModel model, InferenceInput input)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await model.InferAsync(input);
            }
            catch (InferenceException exception) when (exception.Code == StatusCode.Unavailable && !patience.IsCancellationRequested)
            {
                await Task.Delay(10, CancellationToken.None);
            }
        }
    }
}
