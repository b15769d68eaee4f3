using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Requests for a model that is not in memory. What is there is held where a test wants the load to wait, and let go where it is to go on.</summary>
[Collection(StandbyCollection.Name)]
public sealed class StandbyTests(StandbyServer server) : ServerTest(server)
{
    private static readonly float[] Values = [.. Enumerable.Range(0, StandbyServer.Length).Select(static i => (float)i)];

    [Fact]
    public async Task Opening_a_model_on_standby_has_it_loaded_while_the_connection_goes_on()
    {
        await PutOnStandbyAsync();
        var held = Hold("first");
        await Connection.SendAsync(Frames.Open(7, "second"));
        await AssertGoesOnAsync();
        held.Dispose();

        Assert.Equal(7UL, (await Connection.ReceiveAsync(FrameKind.Opened)).Id);
        Assert.Equal(ModelState.Ready, GetState("second"));
    }

    [Fact]
    public async Task An_infer_of_a_model_on_standby_has_it_loaded_while_the_connection_goes_on()
    {
        var handle = await PutOnStandbyAsync();
        var held = Hold("first");
        await Connection.SendAsync(Frames.Infer(7, handle, Values));
        await AssertGoesOnAsync();
        held.Dispose();

        await AssertAnsweredAsync(7);
    }

    [Fact]
    public async Task A_frame_may_arrive_before_and_after_its_model()
    {
        var handle = await PutOnStandbyAsync();
        var frame = Frames.Infer(7, handle, Values).Write();
        await Connection.SendAsync(frame.AsMemory(0, 1000));
        await BinaryTestServer.UntilAsync(() => GetState("second") == ModelState.Ready, static () => "It is not loaded.");
        await Connection.SendAsync(frame.AsMemory(1000));

        await AssertAnsweredAsync(7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_waits_for_its_model_may_be_cancelled(bool isInfer)
    {
        var handle = await PutOnStandbyAsync();
        using (Hold("first"))
        {
            await Connection.SendAsync(isInfer ? Frames.Infer(7, handle, Values) : Frames.Open(7, "second"));
            await AssertGoesOnAsync();
            await Connection.SendAsync(Frames.Cancel(7));

            Assert.Equal(FrameFlags.NotBegun, (await Connection.ReceiveErrorAsync(7, StatusCode.Cancelled)).Flags);
        }
    }

    [Fact]
    public async Task A_request_waits_for_its_model_no_longer_than_it_has_time()
    {
        var handle = await PutOnStandbyAsync();
        using (Hold("first"))
        {
            var infer = Frames.Infer(7, handle, Values, timeoutMicroseconds: 2_000_000);
            await Connection.SendAsync(infer);
            await AssertGoesOnAsync();
            Server.Clock.Advance(TimeSpan.FromSeconds(3));

            var error = await Connection.ReceiveErrorAsync(7, StatusCode.DeadlineExceeded);
            Assert.Equal((FrameFlags.NotBegun, infer.Write().Length), (error.Flags, error.Credit));
        }
    }

    [Fact]
    public async Task A_request_whose_model_does_not_come_is_counted_as_untaken_unless_its_client_gives_it_up()
    {
        var handle = await PutOnStandbyAsync();
        var before = CountUntaken("second");
        using (Hold("first"))
        {
            await Connection.SendAsync(Frames.Infer(7, handle, Values, timeoutMicroseconds: 2_000_000));
            await Connection.SendAsync(Frames.Infer(8, handle, Values));
            await Connection.SendAsync(Frames.Infer(9, handle, Values));
            await Connection.ReceiveErrorAsync(9, StatusCode.ResourceExhausted);
            Assert.Equal(1, CountUntaken("second") - before);

            Server.Clock.Advance(TimeSpan.FromSeconds(3));
            await Connection.ReceiveErrorAsync(7, StatusCode.DeadlineExceeded);
            Assert.Equal(2, CountUntaken("second") - before);

            await Connection.SendAsync(Frames.Cancel(8));
            await Connection.ReceiveErrorAsync(8, StatusCode.Cancelled);
            Assert.Equal(2, CountUntaken("second") - before);
        }
    }

    [Fact]
    public async Task A_request_whose_model_cannot_be_loaded_goes_where_its_rule_falls_back_to()
    {
        await Connection.SendAsync(new FrameImage(FrameKind.Open, 2) { Own = new OpenHead(OpenHead.HighestReady, 0), Text = "", Fields = [new FieldImage(FieldNumber.Tag, "team=either"u8.ToArray())] });
        var handle = ((OpenedHead)(await Connection.ReceiveAsync(FrameKind.Opened)).Own!).Handle;
        await PutOnStandbyAsync();
        var untaken = CountUntaken("second");
        using (Hold("first"))
        {
            await Connection.SendAsync(Frames.Infer(7, handle, Values));

            // Room is waited for half a minute, from a moment on that nothing tells.
            await BinaryTestServer.UntilAsync(
                () =>
                {
                    Server.Clock.Advance(TimeSpan.FromSeconds(1));
                    return CountUntaken("second") > untaken;
                },
                static () => "The load goes on.");
            await AssertAnsweredAsync(7);
        }

        Assert.Contains("there is no room", Assert.Single(Server.TakeErrors()), StringComparison.Ordinal);

        // By then the next test may try the load again.
        Server.Clock.Advance(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(int.MaxValue)]
    public async Task A_client_may_leave_while_its_request_waits_for_its_model(int byteSize)
    {
        var handle = await PutOnStandbyAsync();
        using (Hold("first"))
        {
            var frame = Frames.Infer(7, handle, Values).Write();
            await Connection.SendAsync(Frames.Open(8, "second"));
            await Connection.SendAsync(frame.AsMemory(0, Math.Min(frame.Length, byteSize)));
            Connection.EndSending();

            // One error for each of the two, in any order, unless the frame never was whole.
            while (await Connection.ReceiveAsync() is { } answer)
            {
                Assert.Equal((FrameKind.Error, StatusCode.Cancelled), (answer.Kind, ((StatusHead)answer.Own!).Code));
            }

            await BinaryTestServer.UntilAsync(() => Server.Server.Open == 0, static () => "It is still open.");
        }
    }

    [Fact]
    public async Task An_infer_that_is_wrong_is_refused_when_its_model_is_there()
    {
        var handle = await PutOnStandbyAsync();
        await Connection.SendAsync(Frames.Infer(7, handle, new int[StandbyServer.Length]));

        var error = await Connection.ReceiveErrorAsync(7, StatusCode.InvalidArgument);
        Assert.Contains("has datatype INT32; expected FP32", error.Text, StringComparison.Ordinal);
        Assert.Equal(FrameFlags.NotBegun, error.Flags);
    }

    [Fact]
    public async Task No_more_frames_wait_for_models_than_may()
    {
        var handle = await PutOnStandbyAsync();
        var held = Hold("first");
        await Connection.SendAsync(Frames.Infer(7, handle, Values));
        await Connection.SendAsync(Frames.Infer(8, handle, Values));
        await Connection.SendAsync(Frames.Infer(9, handle, Values));

        var error = await Connection.ReceiveErrorAsync(9, StatusCode.ResourceExhausted);
        Assert.Contains("100000 bytes of requests wait for models already", error.Text, StringComparison.Ordinal);
        Assert.Equal(FrameFlags.NotBegun, error.Flags);
        Assert.Equal(1_000_000, ((StatusHead)error.Own!).Microseconds);
        held.Dispose();
        var ids = new[] { (await Connection.ReceiveAsync(FrameKind.Result)).Id, (await Connection.ReceiveAsync(FrameKind.Result)).Id };
        Assert.Equal([7UL, 8UL], ids.Order());
    }

    /// <summary>Sees to it that the first model is in memory and the second one not any more.</summary>
    /// <returns>A handle of the second.</returns>
    private async Task<uint> PutOnStandbyAsync()
    {
        var handle = await UseAsync("second");
        await UseAsync("first");
        await BinaryTestServer.UntilAsync(() => GetState("second") == ModelState.Standby, () => $"It is {GetState("second")}.");
        return handle;
    }

    // A model that was loaded for a request does not leave before it has run one.
    private async Task<uint> UseAsync(string model)
    {
        var handle = await Connection.OpenModelAsync(model, id: 1);
        await Connection.SendAsync(Frames.Infer(1, handle, Values));
        await AssertAnsweredAsync(1);
        return handle;
    }

    /// <summary>Keeps a model from leaving memory.</summary>
    private InferenceRequest Hold(string model)
    {
        Assert.True(Server.Engine.Models.TryCreateRequest(model, ModelRegistry.HighestReady, out var request).IsOk);
        return request!;
    }

    private long CountUntaken(string model) => Server.Find(model).Recorder.ReadCounts().Untaken;

    private ModelState GetState(string model) => Server.Find(model).State;

    private async Task AssertGoesOnAsync()
    {
        var handle = await Connection.OpenModelAsync("sample_identity", id: 100);
        await Connection.SendAsync(Frames.Infer(101, handle, new byte[] { 1, 2, 3 }));
        Assert.Equal([1, 2, 3], (await Connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    private async Task AssertAnsweredAsync(ulong id)
    {
        var result = await Connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal(id, result.Id);
        Assert.Equal(Values.Select(static value => value + 1), MemoryMarshal.Cast<byte, float>(result.Data.Single()).ToArray());
    }
}
