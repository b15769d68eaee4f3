using Camshaft.Backends;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Clients that go, and requests that are taken back. That nothing is held afterwards, the base class finds out.</summary>
public abstract class LeavingClientTests(BinaryTestServer server) : ServerTest(server)
{
    private const int Large = 3_000_000;

    // Fits into a socket's buffer, behind which the end of what the client sends can be seen.
    private const int Small = 40_000;

    public static TheoryData<int> Places => [1, 4, 63, 64, 65, 80, 87, 88, 127, 128, 129, 70_000, 1_500_000, Large + 127];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_close_anywhere_in_a_frame(int place)
    {
        await SendPartAsync(place);
        Connection.Dispose();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_reset_anywhere_in_a_frame(int place)
    {
        await SendPartAsync(place);
        Connection.Reset();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_client_may_end_its_side_anywhere_in_a_frame(int place)
    {
        await SendPartAsync(place);
        Connection.EndSending();
        for (var answer = await Connection.ReceiveAsync(); answer is not null; answer = await Connection.ReceiveAsync())
        {
            Assert.Equal((FrameKind.Error, StatusCode.Cancelled), (answer.Kind, ((StatusHead)answer.Own!).Code));
        }
    }

    [Fact]
    public async Task A_client_that_is_cut_off_amid_a_frame_has_its_other_requests_cancelled()
    {
        var endless = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, endless, new float[] { 1 }));
        await Connection.SendAsync(Frames.Infer(3, endless, new float[] { 1 }).Write().AsMemory(0, 100));

        Connection.EndSending();
    }

    [Fact]
    public async Task A_client_that_closes_without_a_word_has_its_requests_cancelled()
    {
        var endless = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, endless, new float[] { 1 }));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");

        Connection.EndSending();
        await Connection.ReceiveErrorAsync(2, StatusCode.Cancelled);
        Assert.Null(await Connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_client_that_resets_has_its_requests_cancelled()
    {
        var endless = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, endless, new float[] { 1 }));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");

        Connection.Reset();
    }

    [Fact]
    public async Task A_client_may_reset_amid_a_result()
    {
        using var connection = await FrameConnection.OpenAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, Server.Port), receiveBufferByteSize: 4096);
        await connection.GreetAsync();
        var handle = await connection.OpenModelAsync("sample_identity");
        for (var id = 2UL; id < 8; id++)
        {
            await connection.SendAsync(Frames.Infer(id, handle, new byte[Large]));
        }

        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");
        connection.Reset();
    }

    [Fact]
    public async Task A_client_that_is_cut_off_while_it_waits_for_memory_is_noticed()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        using (Server.Hoard())
        {
            await Connection.SendAsync(Frames.Infer(2, handle, new byte[Small]));
            await WhenBegunAsync();
            Connection.EndSending();

            await Connection.ReceiveErrorAsync(2, StatusCode.Cancelled);
            Assert.Null(await Connection.ReceiveAsync());
        }
    }

    [Fact]
    public async Task A_client_that_resets_while_it_waits_for_memory_is_noticed()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        using (Server.Hoard())
        {
            await Connection.SendAsync(Frames.Infer(2, handle, new byte[Small]));
            await WhenBegunAsync();
            Connection.Reset();

            await BinaryTestServer.UntilAsync(() => Server.Server.Open == 0, static () => "It is still open.");
        }
    }

    [Fact]
    public async Task A_client_that_has_said_goodbye_and_waits_for_memory_gets_its_answer()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        using (Server.Hoard())
        {
            await Connection.SendAsync(Frames.Infer(2, handle, new byte[Small]));
            await WhenBegunAsync();
            await Connection.SendAsync(Frames.GoAway());
            Connection.EndSending();
        }

        Assert.Equal(2UL, (await Connection.ReceiveAsync(FrameKind.Result)).Id);
        Assert.Null(await Connection.ReceiveAsync());
    }

    [Fact]
    public async Task A_request_may_be_cancelled_while_it_runs()
    {
        var endless = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, endless, new float[] { 1 }));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");
        await Connection.SendAsync(Frames.Cancel(2));

        var error = await Connection.ReceiveErrorAsync(2, StatusCode.Cancelled);
        Assert.Equal("Model 'endless' version 1: the request was cancelled.", error.Text);
    }

    [Fact]
    public async Task A_request_that_waits_may_be_cancelled_and_never_ran()
    {
        var endless = await Connection.OpenModelAsync("endless");
        var running = (ulong)Environment.ProcessorCount * 4;
        for (var id = 1UL; id <= running + 1; id++)
        {
            await Connection.SendAsync(Frames.Infer(id, endless, new float[] { 1 }));
        }

        await Connection.SendAsync(Frames.Cancel(running + 1));
        Assert.Equal(FrameFlags.NotBegun, (await Connection.ReceiveErrorAsync(running + 1, StatusCode.Cancelled)).Flags);
    }

    [Fact]
    public async Task A_cancel_before_and_after_its_request_does_nothing()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        for (var round = 0; round < 100; round++)
        {
            await Connection.SendAsync(Frames.Cancel(2));
            await Connection.SendAsync(Frames.Infer(2, handle, new byte[] { 1 }));
            Assert.Equal(2UL, (await Connection.ReceiveAsync(FrameKind.Result)).Id);
            await Connection.SendAsync(Frames.Cancel(2));
        }
    }

    [Fact]
    public async Task A_cancel_that_crosses_the_answer_leaves_one_answer()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        for (var id = 2UL; id < 200; id++)
        {
            await Connection.SendAsync(Frames.Infer(id, handle, new byte[] { 1 }));
            await Connection.SendAsync(Frames.Cancel(id));
            Assert.Equal(id, (await Connection.ReceiveAsync())!.Id);
        }

        await Connection.SendAsync(Frames.Ping(1));
        await Connection.ReceiveAsync(FrameKind.Pong);
    }

    [Fact]
    public async Task After_its_go_away_a_client_may_cancel_but_not_ask()
    {
        var handle = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, handle, new float[] { 1 }));
        await Connection.SendAsync(Frames.GoAway());
        await Connection.SendAsync(Frames.Infer(3, handle, new float[] { 1 }));
        Assert.Contains("asks for nothing more", (await Connection.ReceiveErrorAsync(3, StatusCode.Unavailable)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Frames.Cancel(2));

        await Connection.ReceiveErrorAsync(2, StatusCode.Cancelled);
        Assert.Null(await Connection.ReceiveAsync());
    }

    private Task WhenBegunAsync() =>
        BinaryTestServer.UntilAsync(() => Server.Find("sample_identity").LeaseCount == 1, static () => "It has not begun.");

    private async Task SendPartAsync(int place)
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        await Connection.SendAsync(Frames.Infer(2, handle, new byte[Large]).Write().AsMemory(0, place));
    }

    [Collection(ServerCollection.Name)]
    public sealed class OnKestrel(BinaryTestServer server) : LeavingClientTests(server);

    [Collection(EpollCollection.Name)]
    public sealed class OnEpoll(EpollTestServer server) : LeavingClientTests(server);
}
