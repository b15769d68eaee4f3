using System.Buffers.Binary;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Requests that are refused one by one: each gets its error, and the same connection goes on.</summary>
public abstract class RefusedRequestTests(BinaryTestServer server) : ServerTest(server)
{
    private static readonly float[] Floats = [1, 2, 3];

    [Theory]
    [InlineData("nothing", -1, "Model 'nothing' is not known to this server.")]
    [InlineData("simple", 7, "Model 'simple' has no version 7; known: 1.")]
    [InlineData("", -1, "The open names no model, and no rule takes the request.")]
    public async Task A_model_that_there_is_not_is_not_found(string name, long version, string message)
    {
        await Connection.SendAsync(Frames.Open(3, name, version));

        Assert.Equal(message, (await Connection.ReceiveErrorAsync(3, StatusCode.NotFound)).Text);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task An_open_that_is_wrong_is_refused()
    {
        var frame = Frames.Open(3, "simple").Write();
        frame[60] = 99;

        await Connection.SendAsync(frame);

        await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task One_more_handle_than_may_be_open_is_refused_until_one_is_closed()
    {
        var handles = new List<uint>();
        for (var i = 0; i < BinaryTestServer.HandleLimit; i++)
        {
            handles.Add(await Connection.OpenModelAsync("simple", (ulong)(1 + i)));
        }

        await Connection.SendAsync(Frames.Open(100, "simple"));
        Assert.Contains("has 8 handles open", (await Connection.ReceiveErrorAsync(100, StatusCode.ResourceExhausted)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Frames.Close(101, handles[3]));
        await Connection.ReceiveAsync(FrameKind.Done);

        await Connection.OpenModelAsync("simple", 102);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(5u)]
    [InlineData(uint.MaxValue)]
    public async Task A_handle_that_there_is_not_is_not_found_and_the_data_is_skipped(uint handle)
    {
        await Connection.SendAsync(Frames.Infer(3, handle, new byte[2_000_000]));
        await Connection.SendAsync(Frames.Close(4, handle));

        var error = await Connection.ReceiveErrorAsync(3, StatusCode.NotFound);
        Assert.Equal((FrameFlags.NotBegun, 2_000_128L), (error.Flags, error.Credit));
        await Connection.ReceiveErrorAsync(4, StatusCode.NotFound);
        await AssertGoesOnAsync();
    }

    public static TheoryData<string> Faults => [.. Spoilt.Keys];

    private static readonly Dictionary<string, (Func<FrameImage, FrameImage> Change, StatusCode Code, string Message)> Spoilt = new()
    {
        ["datatype"] = (With(static tensor => tensor with { DataType = DataType.Int32 }), StatusCode.InvalidArgument, "has datatype INT32; expected FP32"),
        ["rank"] = (With(static tensor => tensor with { Shape = new Shape(3, 1) }), StatusCode.InvalidArgument, "has shape [3,1]; expected [-1]"),
        ["shape"] = (With(static tensor => tensor with { Shape = new Shape(4) }), StatusCode.InvalidArgument, "has 12 bytes; expected 16"),
        ["overflow"] = (With(static tensor => tensor with { Shape = new Shape(long.MaxValue) }), StatusCode.InvalidArgument, "a tensor has at most"),
        ["index"] = (With(static tensor => tensor with { Index = 1 }), StatusCode.InvalidArgument, "has no input 1; it has 1, counted from 0"),
        ["twice"] = (static infer => infer with { Own = new InferHead(0, 2, 0, 0, 0, 0), Tensors = [infer.Tensors[0], infer.Tensors[0]], Data = [infer.Data[0], infer.Data[0]] }, StatusCode.InvalidArgument, "is given twice"),
        ["missing"] = (static infer => infer with { Own = new InferHead(0, 0, 0, 0, 0, 0), Tensors = [], Data = [] }, StatusCode.InvalidArgument, "is missing"),
        ["output"] = (static infer => infer with { Own = new InferHead(0, 1, 1, 0, 0, 0), Tensors = [infer.Tensors[0], new TensorEntry { Index = 3 }] }, StatusCode.InvalidArgument, "has no output 3"),
        ["output twice"] = (static infer => infer with { Own = new InferHead(0, 1, 2, 0, 0, 0), Tensors = [infer.Tensors[0], new TensorEntry { Index = 0 }, new TensorEntry { Index = 0 }] }, StatusCode.InvalidArgument, "is requested twice"),
        ["region"] = (static infer => infer with { Tensors = [infer.Tensors[0] with { Place = TensorPlace.Region, Region = 4 }], Data = [] }, StatusCode.NotFound, "there is no region 4"),
        ["output region"] = (static infer => infer with { Own = new InferHead(0, 1, 1, 0, 0, 0), Tensors = [infer.Tensors[0], new TensorEntry { Index = 0, Place = TensorPlace.Region, Region = 4, Offset = long.MaxValue, ByteSize = long.MaxValue }] }, StatusCode.NotFound, "there is no region 4"),
        ["required field"] = (static infer => infer with { Fields = [new FieldImage((FieldNumber)77, [1], IsRequired: true)] }, StatusCode.Unsupported, "a field that must be understood"),
        ["wrong field"] = (static infer => infer with { Fields = [new FieldImage(FieldNumber.TraceParent, [1])] }, StatusCode.InvalidArgument, "a field is longer"),
        ["surplus"] = (static infer => infer with { Data = [new byte[200]] }, StatusCode.InvalidArgument, "the data is not as long"),
        ["short"] = (static infer => infer with { Data = [new byte[1]] }, StatusCode.InvalidArgument, "the data is not as long"),
        ["huge"] = (With(static tensor => tensor with { ByteSize = long.MaxValue, Shape = new Shape(long.MaxValue / 4) }), StatusCode.InvalidArgument, "the data is not as long"),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_infer_that_is_wrong_is_refused_with_the_reason(string fault)
    {
        var handle = await Connection.OpenModelAsync("endless", id: 2);
        var (change, code, message) = Spoilt[fault];

        await Connection.SendAsync(change(Frames.Infer(3, handle, Floats)));

        var error = await Connection.ReceiveErrorAsync(3, code);
        Assert.StartsWith("Model 'endless' version 1", error.Text, StringComparison.Ordinal);
        Assert.Contains(message, error.Text, StringComparison.Ordinal);
        Assert.Equal(FrameFlags.NotBegun, error.Flags);
        await AssertGoesOnAsync();
    }

    [Theory]
    [InlineData(-1, FrameKind.Error)]
    [InlineData(long.MinValue, FrameKind.Error)]
    [InlineData(long.MaxValue, FrameKind.Result)]
    [InlineData(long.MaxValue / 10, FrameKind.Result)]
    public async Task A_time_beyond_all_clocks_is_none_and_one_below_zero_is_refused(long microseconds, FrameKind answer)
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);

        await Connection.SendAsync(Frames.Infer(3, handle, new byte[] { 1 }, microseconds));

        await Connection.ReceiveAsync(answer);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task Texts_whose_lengths_do_not_add_up_are_refused()
    {
        var handle = await Connection.OpenModelAsync("simple_identity");
        var texts = Frames.Texts(0, ["abc", "d"], 1, 2);
        texts.Data[0] = 200;

        await Connection.SendAsync(Frames.Infer(3, handle, 0, texts));

        Assert.Contains("hold 0 whole ones", (await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task A_table_that_no_receiver_has_room_for_is_refused_by_the_head()
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);
        var frame = Frames.Infer(3, handle, new byte[100_000]).Write();
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(40), 80_000);

        await Connection.SendAsync(frame);

        await Connection.ReceiveErrorAsync(3, StatusCode.InvalidArgument);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task An_infer_over_the_limit_is_refused_before_its_data_comes()
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 2);
        var frame = Frames.Infer(3, handle, new byte[BinaryTestServer.FrameByteSizeLimit]).Write();

        await Connection.SendAsync(frame.AsMemory(0, WireFormat.HeadByteSize));
        Assert.Contains("at most 8388608 are taken", (await Connection.ReceiveErrorAsync(3, StatusCode.ResourceExhausted)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(frame.AsMemory(WireFormat.HeadByteSize));

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task An_infer_without_credit_is_refused_and_those_with_it_are_not()
    {
        var endless = await Connection.OpenModelAsync("endless", id: 2);
        var tooMuch = new float[(4 << 18) + 1];

        // The first takes more than there is, as it may; the second finds none.
        await Connection.SendAsync(Frames.Infer(3, endless, tooMuch));
        await Connection.SendAsync(Frames.Infer(4, endless, Floats));
        var error = await Connection.ReceiveErrorAsync(4, StatusCode.ResourceExhausted);
        Assert.Contains("without credit", error.Text, StringComparison.Ordinal);
        Assert.Equal(144, error.Credit);
        await Connection.SendAsync(Frames.Cancel(3));
        Assert.Equal(128 + (tooMuch.Length * 4) + 4, (await Connection.ReceiveErrorAsync(3, StatusCode.Cancelled)).Credit);

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task One_more_request_than_may_be_in_flight_is_refused()
    {
        var handle = await Connection.OpenModelAsync("endless", id: 2);
        for (var i = 0; i < BinaryTestServer.RequestLimit; i++)
        {
            await Connection.SendAsync(Frames.Infer(100 + (ulong)i, handle, Floats));
        }

        await Connection.SendAsync(Frames.Infer(200, handle, Floats));
        Assert.Contains("has 32 requests in flight", (await Connection.ReceiveErrorAsync(200, StatusCode.ResourceExhausted)).Text, StringComparison.Ordinal);
        for (var i = 0; i < BinaryTestServer.RequestLimit; i++)
        {
            await Connection.SendAsync(Frames.Cancel(100 + (ulong)i));
        }

        for (var i = 0; i < BinaryTestServer.RequestLimit; i++)
        {
            var error = await Connection.ReceiveAsync(FrameKind.Error);
            Assert.Equal(StatusCode.Cancelled, ((StatusHead)error.Own!).Code);
        }

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task Shared_memory_that_was_not_agreed_on_is_not_offered()
    {
        await Connection.SendAsync(new FrameImage(FrameKind.Register, 3) { Own = new RegisterHead(1, RegionKind.Named, 0, 64, 0), Text = "/x" });
        await Connection.SendAsync(new FrameImage(FrameKind.Unregister, 4) { Own = new TargetHead(1) });

        await Connection.ReceiveErrorAsync(3, StatusCode.Unsupported);
        await Connection.ReceiveErrorAsync(4, StatusCode.NotFound);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task A_result_that_is_longer_than_the_client_takes_is_an_error()
    {
        using var connection = await Server.OpenAsync();
        await connection.GreetAsync(longestResult: 1000);
        var handle = await connection.OpenModelAsync("sample_identity");
        await connection.SendAsync(Frames.Infer(2, handle, new byte[872]));
        await connection.SendAsync(Frames.Infer(3, handle, new byte[873]));

        Assert.Equal(2UL, (await connection.ReceiveAsync(FrameKind.Result)).Id);
        Assert.Contains("the result has 1008 bytes; the client takes 1000", (await connection.ReceiveErrorAsync(3, StatusCode.ResourceExhausted)).Text, StringComparison.Ordinal);
    }

    private static Func<FrameImage, FrameImage> With(Func<TensorEntry, TensorEntry> change) => infer => infer with { Tensors = [change(infer.Tensors[0])] };

    private async Task AssertGoesOnAsync()
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 1000);
        await Connection.SendAsync(Frames.Infer(1001, handle, new byte[] { 1, 2, 3 }));
        Assert.Equal([1, 2, 3], (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    [Collection(ServerCollection.Name)]
    public sealed class OnKestrel(BinaryTestServer server) : RefusedRequestTests(server);

    [Collection(EpollCollection.Name)]
    public sealed class OnEpoll(EpollTestServer server) : RefusedRequestTests(server);
}
