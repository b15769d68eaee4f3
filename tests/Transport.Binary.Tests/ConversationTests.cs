using Camshaft.Backends;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>What a client that does everything right gets.</summary>
public abstract class ConversationTests(BinaryTestServer server) : ServerTest(server)
{
    [Fact]
    public async Task The_hello_tells_the_limits()
    {
        using var connection = await Server.OpenAsync();

        var hello = await connection.GreetAsync();

        Assert.Equal(new HelloHead(1, 1, 130_000, WireFeatures.None, BinaryTestServer.FrameByteSizeLimit, BinaryTestServer.RequestLimit, BinaryTestServer.HandleLimit), hello.Own);
        Assert.Equal(4 << 20, hello.Credit);
        Assert.Equal("test/1"u8.ToArray(), Assert.Single(hello.Fields).Value);
    }

    [Fact]
    public async Task Opening_a_model_tells_its_signature()
    {
        await Connection.SendAsync(Frames.Open(7, "three"));

        var opened = await Connection.ReceiveAsync(FrameKind.Opened);

        Assert.Equal((7UL, 3, 3, 1L), (opened.Id, ((OpenedHead)opened.Own!).InputCount, ((OpenedHead)opened.Own!).OutputCount, ((OpenedHead)opened.Own!).Version));
        Assert.Equal(["numbers", "texts", "scalar", "NUMBERS", "TEXTS", "SCALAR"], opened.Signature.Select(static tensor => tensor.Name));
        Assert.Equal([DataType.Float32, DataType.Bytes, DataType.Int16], opened.Signature.Take(3).Select(static tensor => tensor.DataType));
        Assert.Equal(new Shape(-1, 3), opened.Signature[0].Shape);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(65_536)]
    [InlineData(600_000)]
    [InlineData(3_000_001)]
    public async Task What_identity_gets_it_answers(int byteSize)
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        var data = Enumerable.Range(0, byteSize).Select(static i => (byte)(i * 7)).ToArray();
        var infer = Frames.Infer(2, handle, data);

        await Connection.SendAsync(infer);
        var result = await Connection.ReceiveAsync(FrameKind.Result);

        Assert.Equal((2UL, (long)infer.Write().Length), (result.Id, result.Credit));
        Assert.Equal(new ResultHead(0, 1, TensorEntry.GetByteSize(1, TensorPlace.Frame), 1), result.Own);
        Assert.Equal(new TensorEntry { Index = 0, DataType = DataType.UInt8, Shape = new Shape(byteSize), ByteSize = byteSize }, Assert.Single(result.Tensors));
        Assert.Equal(data, result.Data.SingleOrDefault() ?? []);
    }

    [Fact]
    public async Task Several_tensors_of_several_datatypes_go_both_ways()
    {
        var handle = await Connection.OpenModelAsync("three");
        var numbers = Frames.Tensor(0, new float[] { 1, 2, 3, 4, 5, 6 }, 2, 3);
        var texts = Frames.Texts(1, ["", "ä", "long enough to be no multiple of eight"], 1, 3);
        var scalar = Frames.Tensor(2, new short[] { -5 });

        await Connection.SendAsync(Frames.Infer(2, handle, 0, scalar, texts, numbers));
        var result = await Connection.ReceiveAsync(FrameKind.Result);

        Assert.Equal([numbers.Entry, texts.Entry, scalar.Entry], result.Tensors);
        Assert.Equal([numbers.Data, texts.Data, scalar.Data], result.Data);
    }

    [Fact]
    public async Task Only_the_outputs_that_are_asked_for_come()
    {
        var handle = await Connection.OpenModelAsync("simple");
        var left = Frames.Tensor(0, Enumerable.Range(0, 16).ToArray(), 1, 16);
        var right = Frames.Tensor(1, Enumerable.Repeat(1, 16).ToArray(), 1, 16);
        var infer = Frames.Infer(2, handle, 0, left, right);

        await Connection.SendAsync(infer with { Own = new InferHead(handle, 2, 1, 0, 0, 0), Tensors = [.. infer.Tensors, new TensorEntry { Index = 1 }] });
        var result = await Connection.ReceiveAsync(FrameKind.Result);

        Assert.Equal(1, Assert.Single(result.Tensors).Index);
        Assert.Equal(Enumerable.Range(-1, 16).SelectMany(BitConverter.GetBytes), Assert.Single(result.Data));
    }

    [Fact]
    public async Task Many_requests_are_in_flight_at_once_and_each_gets_its_own_answer()
    {
        var identity = await Connection.OpenModelAsync("sample_identity");
        var floats = await Connection.OpenModelAsync("identity_fp32", id: 2);
        for (var i = 0; i < BinaryTestServer.RequestLimit / 2; i++)
        {
            await Connection.SendAsync(Frames.Infer(100 + (ulong)i, identity, new byte[] { (byte)i, 1, 2 }));
            await Connection.SendAsync(Frames.Infer(200 + (ulong)i, floats, 0, Frames.Tensor(0, new float[] { i, i }, 1, 2)));
        }

        var answers = new Dictionary<ulong, byte[]>();
        for (var i = 0; i < BinaryTestServer.RequestLimit; i++)
        {
            var result = await Connection.ReceiveAsync(FrameKind.Result);
            answers.Add(result.Id, result.Data.Single());
        }

        for (var i = 0; i < BinaryTestServer.RequestLimit / 2; i++)
        {
            Assert.Equal([(byte)i, 1, 2], answers[100 + (ulong)i]);
            Assert.Equal(Frames.Vector(0, new float[] { i, i }).Data, answers[200 + (ulong)i]);
        }
    }

    [Fact]
    public async Task A_request_that_runs_long_does_not_hold_up_those_behind_it()
    {
        var endless = await Connection.OpenModelAsync("endless");
        var identity = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Frames.Infer(3, endless, new float[] { 1 }));
        await Connection.SendAsync(Frames.Infer(4, identity, new byte[] { 9 }));
        Assert.Equal(4UL, (await Connection.ReceiveAsync(FrameKind.Result)).Id);
        await Connection.SendAsync(Frames.Cancel(3));

        await Connection.ReceiveErrorAsync(3, StatusCode.Cancelled);
    }

    [Fact]
    public async Task A_client_that_says_goodbye_still_gets_what_it_asked_for()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        await Connection.SendAsync(Frames.Infer(2, handle, new byte[] { 1 }));
        await Connection.SendAsync(Frames.Infer(3, handle, new byte[2_000_000]));
        await Connection.SendAsync(Frames.GoAway());
        Connection.EndSending();

        var ids = new[] { (await Connection.ReceiveAsync(FrameKind.Result)).Id, (await Connection.ReceiveAsync(FrameKind.Result)).Id };

        Assert.Equal([2UL, 3UL], ids.Order());
        Assert.Null(await Connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_ping_comes_back()
    {
        await Connection.SendAsync(Frames.Ping(0xfeed));

        Assert.Equal(0xfeedUL, (await Connection.ReceiveAsync(FrameKind.Pong)).Id);
    }

    [Fact]
    public async Task A_closed_handle_is_none_and_its_successor_has_another_number()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        await Connection.SendAsync(Frames.Close(2, handle));
        Assert.Equal(2UL, (await Connection.ReceiveAsync(FrameKind.Done)).Id);
        var next = await Connection.OpenModelAsync("sample_identity", id: 3);

        await Connection.SendAsync(Frames.Infer(4, handle, new byte[] { 1 }));

        Assert.NotEqual(handle, next);
        Assert.Equal($"There is no handle {handle} on this connection.", (await Connection.ReceiveErrorAsync(4, StatusCode.NotFound)).Text);
    }

    [Fact]
    public async Task Frames_of_a_later_version_that_may_be_ignored_are()
    {
        var later = Frames.Ping(5).Write();
        later[4] = 200;
        later[5] = 0x80;

        await Connection.SendAsync(later);
        await Connection.SendAsync(Frames.Ping(6));

        Assert.Equal(6UL, (await Connection.ReceiveAsync(FrameKind.Pong)).Id);
    }

    [Collection(ServerCollection.Name)]
    public sealed class OnKestrel(BinaryTestServer server) : ConversationTests(server);

    [Collection(EpollCollection.Name)]
    public sealed class OnEpoll(EpollTestServer server) : ConversationTests(server);
}
