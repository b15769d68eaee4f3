using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>Memory that is registered by its name, and read and written through its descriptor.</summary>
[Collection(SharedMemoryCollection.Name)]
public sealed class NamedMemoryTests(SharedMemoryServer server) : SharedMemoryTest(server)
{
    [Fact]
    public async Task A_tensor_is_read_from_it_and_written_to_it()
    {
        using var memory = TestMemory.CreateNamed(2_000_000);
        var bytes = RandomBytes(600_000);
        memory.Write(5000, bytes);
        await RegisterNamedAsync(1, 7, memory, 2_000_000 - 1000, offset: 1000);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, 4000, 600_000, 600_000), Output(7, 1_000_003, 700_000)));

        var result = await Connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal(new TensorEntry { Index = 0, DataType = DataType.UInt8, Shape = new Shape(600_000), Place = TensorPlace.Region, ByteSize = 600_000, Region = 7, Offset = 1_000_003 }, Assert.Single(result.Tensors));
        Assert.Empty(result.Data);
        Assert.Equal(bytes, memory.Read(1_001_003, 600_000));
    }

    [Fact]
    public async Task Texts_and_outputs_of_unknown_size_go_through_it()
    {
        var (entry, data) = Frames.Texts(0, ["one", "", "three"], 1, 3);
        using var memory = TestMemory.CreateNamed(4096);
        memory.Write(0, data);
        await RegisterNamedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("simple_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, entry with { Place = TensorPlace.Region, Region = 7 }, Output(7, 1024, data.Length)));

        Assert.Equal(data.Length, (await Connection.ReceiveAsync(FrameKind.Result)).Tensors.Single().ByteSize);
        Assert.Equal(data, memory.Read(1024, data.Length));
    }

    [Fact]
    public async Task One_tensor_may_come_in_the_frame_and_the_other_go_to_memory()
    {
        using var memory = TestMemory.CreateNamed(4096);
        await RegisterNamedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);
        var infer = Frames.Infer(3, handle, new byte[] { 1, 2, 3 });

        await Connection.SendAsync(infer with { Own = new InferHead(handle, 1, 1, 0, 0, 0), Tensors = [.. infer.Tensors, Output(7, 8, 3)] });
        await Connection.ReceiveAsync(FrameKind.Result);
        await Connection.SendAsync(Infer(4, handle, Input(DataType.UInt8, 7, 8, 3, 3)));

        Assert.Equal([1, 2, 3], (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/.")]
    [InlineData("/..")]
    [InlineData("name")]
    [InlineData("//name")]
    [InlineData("/a/b")]
    [InlineData("/../etc/passwd")]
    [InlineData("/na\0me")]
    public async Task What_is_no_name_is_refused(string name)
    {
        await SendNamedAsync(1, 7, name, 0, 1);

        Assert.Contains("is no name of shared memory", (await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_and_one_of_nothing_is_not_found()
    {
        await SendNamedAsync(1, 7, "/" + new string('x', 255), 0, 1);
        await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument);
        await SendNamedAsync(2, 7, "/" + new string('x', 254), 0, 1);

        await Connection.ReceiveErrorAsync(2, StatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_no_memory_is_refused()
    {
        var name = $"camshaft-test-{Guid.NewGuid():N}";
        using var files = new TempDirectory();
        var target = files.Write("secret", "secret"u8);
        List<string> paths = [$"/dev/shm/{name}-link", $"/dev/shm/{name}-directory"];
        File.CreateSymbolicLink(paths[0], target);
        Directory.CreateDirectory(paths[1]);
        try
        {
            await SendNamedAsync(1, 7, $"/{name}-link", 0, 1);
            await Connection.ReceiveErrorAsync(1, StatusCode.NotFound);
            await SendNamedAsync(2, 7, $"/{name}-directory", 0, 1);
            await Connection.ReceiveErrorAsync(2, StatusCode.NotFound);
        }
        finally
        {
            File.Delete(paths[0]);
            Directory.Delete(paths[1]);
        }
    }

    [Fact]
    public async Task Over_TCP_memory_must_be_open_to_all()
    {
        using var own = TestMemory.CreateNamed(4096, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var open = TestMemory.CreateNamed(4096);
        using var connection = await Server.ConnectTcpAsync();

        await SendNamedAsync(1, 7, own.Name, 0, 4096, connection);
        Assert.Contains("with mode 0600; over TCP", (await connection.ReceiveErrorAsync(1, StatusCode.PermissionDenied)).Text, StringComparison.Ordinal);
        await SendNamedAsync(2, 7, open.Name, 0, 4096, connection);
        await connection.ReceiveAsync(FrameKind.Done);

        // Over the Unix socket the system tells that it is ours.
        await RegisterNamedAsync(3, 7, own, 4096);
    }

    [Fact]
    public async Task Memory_that_has_become_shorter_gives_an_error_and_stays_as_it_is()
    {
        using var memory = TestMemory.CreateNamed(8192);
        await RegisterNamedAsync(1, 7, memory, 8192);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);
        memory.Resize(5000);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, 4096, 1000, 1000)));
        Assert.Contains("input 'INPUT0' in region 7: Shared memory '", (await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Infer(4, handle, Input(DataType.UInt8, 7, 0, 1000, 1000), Output(7, 4096, 1000)));
        Assert.Contains("has become shorter than the 5096 bytes", (await Connection.ReceiveErrorAsync(4, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);

        Assert.Equal(5000, RandomAccess.GetLength(memory.Descriptor));
        await Connection.SendAsync(Infer(5, handle, Input(DataType.UInt8, 7, 4000, 1000, 1000), Output(7, 0, 1000)));
        await Connection.ReceiveAsync(FrameKind.Result);
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
