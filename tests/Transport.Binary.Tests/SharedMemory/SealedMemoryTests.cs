using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>Memory that is registered by its descriptor, and used where it lies.</summary>
[Collection(SharedMemoryCollection.Name)]
public sealed class SealedMemoryTests(SharedMemoryServer server) : SharedMemoryTest(server)
{
    private const uint HugePages = 4;

    [Theory]
    [InlineData(4096, 1_048_576)]
    [InlineData(4097, 1_048_579)]
    public async Task A_tensor_is_read_from_it_and_written_to_it(long from, long to)
    {
        using var memory = TestMemory.Create(2_000_000);
        byte[] bytes = [.. Enumerable.Range(0, 600_000).Select(static i => (byte)(i * 7 / 3))];
        memory.Write(from + 128, bytes);
        await RegisterSealedAsync(1, 7, memory, 1_900_000, offset: 128);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, from, 600_000, 600_000), Output(7, to, 600_000)));

        var result = await Connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal((TensorPlace.Region, 7u, to, 600_000L), (result.Tensors[0].Place, result.Tensors[0].Region, result.Tensors[0].Offset, result.Tensors[0].ByteSize));
        Assert.Equal(bytes, memory.Read(to + 128, 600_000));
    }

    [Fact]
    public async Task A_request_that_is_used_where_it_lies_takes_no_tensor_memory()
    {
        using var memory = TestMemory.Create(1 << 20);
        await RegisterSealedAsync(1, 7, memory, 1 << 20);
        var endless = await Connection.OpenModelAsync("endless", id: 2);
        var before = Server.Engine.Models.List().Single(static model => model.Name == "endless").Versions[0];

        await Connection.SendAsync(Infer(3, endless, Input(DataType.Float32, 7, 0, 4096, 1024), Output(7, 8192, 4096)));
        await BinaryTestServer.UntilAsync(() => before.LeaseCount > 0, static () => "It does not run.");
        Assert.Equal(0, Server.Engine.Memory.LeasedCount);

        await Connection.SendAsync(Frames.Cancel(3));
        await Connection.ReceiveErrorAsync(3, StatusCode.Cancelled);
    }

    [Fact]
    public async Task Texts_are_copied_before_they_are_looked_at_and_need_no_place_of_their_own_when_nobody_can_change_them()
    {
        var (entry, data) = Frames.Texts(0, ["one", "", "three"], 1, 3);
        using var memory = TestMemory.Create(4096);
        memory.Write(64, data);
        using var written = TestMemory.Create(4096, seals: 0);
        written.Write(64, data);
        written.Seal(TestMemory.SealShrink | TestMemory.SealWrite);
        await RegisterSealedAsync(1, 7, memory, 4096);
        await RegisterSealedAsync(2, 8, written, 4096);
        var handle = await Connection.OpenModelAsync("simple_identity", id: 3);

        await Connection.SendAsync(Infer(4, handle, entry with { Place = TensorPlace.Region, Region = 7, Offset = 64 }, Output(7, 1024, data.Length)));
        await Connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal(data, memory.Read(1024, data.Length));
        await Connection.SendAsync(Infer(5, handle, entry with { Place = TensorPlace.Region, Region = 8, Offset = 64 }));
        Assert.Equal(data, (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    [Theory]
    [InlineData(TestMemory.SealWrite)]
    [InlineData(TestMemory.SealFutureWrite)]
    public async Task What_nobody_may_write_takes_no_outputs(int seal)
    {
        using var memory = TestMemory.Create(4096, TestMemory.SealShrink | seal);
        await RegisterSealedAsync(1, 7, memory, 4096);
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Infer(3, handle, Input(DataType.UInt8, 7, 0, 100, 100), Output(7, 1024, 100)));
        Assert.Contains("output 'OUTPUT0' cannot be written to region 7", (await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Infer(4, handle, Input(DataType.UInt8, 7, 0, 100, 100)));
        Assert.Equal(new byte[100], (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(TestMemory.SealGrow)]
    [InlineData(TestMemory.SealSeal | TestMemory.SealWrite)]
    public async Task Memory_that_can_shrink_is_refused(int seals)
    {
        using var memory = TestMemory.Create(4096, seals);

        SendSealed(1, 7, memory.Descriptor, 0, 4096);

        Assert.Equal("The memory is not sealed against shrinking; expected F_SEAL_SHRINK.", (await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument)).Text);
    }

    [Fact]
    public async Task Memory_of_huge_pages_is_refused()
    {
        using var memory = TestMemory.Create(4 << 20, TestMemory.SealShrink, HugePages);

        SendSealed(1, 7, memory.Descriptor, 0, 4 << 20);

        Assert.Contains("huge pages", (await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_that_are_no_memory_are_refused_and_closed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var pipe = new AnonymousPipeServerStream();
        using var directory = new TempDirectory();
        using var file = File.OpenHandle(directory.Write("file", new byte[4096]), FileMode.Open, FileAccess.ReadWrite);
        using var named = TestMemory.CreateNamed(4096);
        SafeHandle[] descriptors = [socket.SafeHandle, pipe.SafePipeHandle, file, named.Descriptor];
        for (var i = 0; i < descriptors.Length; i++)
        {
            SendSealed((ulong)i + 1, 7, descriptors[i], 0, 4096);
            await Connection.ReceiveErrorAsync((ulong)i + 1, StatusCode.InvalidArgument);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    public async Task A_register_whose_descriptor_is_one_too_many_ends_the_connection(int descriptorsAtOnce)
    {
        using var memory = TestMemory.Create(4096);
        var first = Register(1).Write();
        var descriptor = (int)memory.Descriptor.DangerousGetHandle();

        // Before the first register is whole none of them is taken.
        for (var i = 0; i < 18; i += descriptorsAtOnce)
        {
            DescriptorSender.Send(Connection.Socket, first.AsSpan(i / descriptorsAtOnce, 1), [.. Enumerable.Repeat(descriptor, descriptorsAtOnce)]);
        }

        await Connection.SendAsync(first.AsMemory((17 / descriptorsAtOnce) + 1));
        await ReceiveDoneAsync(1);
        for (ulong id = 2; id <= 16; id++)
        {
            await Connection.SendAsync(Register(id));
            await Connection.ReceiveErrorAsync(id, StatusCode.AlreadyExists);
        }

        await Connection.SendAsync(Register(17));
        Assert.Contains("this one's is lost", await Connection.ReceiveGoAwayAsync(StatusCode.ResourceExhausted), StringComparison.Ordinal);

        static FrameImage Register(ulong id) => new(FrameKind.Register, id) { Own = new RegisterHead(7, RegionKind.Sealed, 0, 4096, 0) };
    }

    [Fact]
    public async Task A_register_without_a_descriptor_or_with_a_name_is_refused()
    {
        using var memory = TestMemory.Create(4096);

        await Connection.SendAsync(new FrameImage(FrameKind.Register, 1) { Own = new RegisterHead(7, RegionKind.Sealed, 0, 4096, 0) });
        Assert.Contains("No descriptor came with the frame", (await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        Send(new FrameImage(FrameKind.Register, 2) { Own = new RegisterHead(7, RegionKind.Sealed, 0, 4096, 0), Text = "/name" }, memory.Descriptor);

        await Connection.ReceiveErrorAsync(2, StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task A_register_that_is_refused_takes_its_descriptor_along()
    {
        using var one = TestMemory.Create(4096);
        using var other = TestMemory.Create(8192);
        var wrong = new FrameImage(FrameKind.Register, 1) { Own = new RegisterHead(7, RegionKind.Sealed, 0, 4096, 0), Fields = [new FieldImage((FieldNumber)77, [1], IsRequired: true)] };

        Send(wrong, one.Descriptor);
        await Connection.ReceiveErrorAsync(1, StatusCode.Unsupported);
        await RegisterSealedAsync(2, 7, other, 8192);
    }
}
