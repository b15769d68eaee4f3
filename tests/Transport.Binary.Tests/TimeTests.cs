using System.Net;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Clients that are too slow or silent, and requests whose time is over. The clock is moved as long as it takes.</summary>
public abstract class TimeTests(BinaryTestServer server) : ServerTest(server)
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task A_client_that_does_not_say_hello_is_let_go(int byteSize)
    {
        using var connection = await Server.OpenAsync();
        await connection.SendAsync(Frames.Hello().Write().AsMemory(0, byteSize));

        var message = await WhileTimePassesAsync(connection.ReceiveGoAwayAsync(StatusCode.DeadlineExceeded));

        Assert.True(message == "No hello came within 30 s." || message == "A frame arrives at less than 240 bytes a second.", message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task A_frame_that_stands_still_ends_the_connection(int byteSize)
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        await Connection.SendAsync(Frames.Infer(2, handle, new byte[2_000_000]).Write().AsMemory(0, byteSize));

        Assert.Equal("A frame arrives at less than 240 bytes a second.", await WhileTimePassesAsync(Connection.ReceiveGoAwayAsync(StatusCode.DeadlineExceeded)));
    }

    [Fact]
    public async Task A_connection_that_is_idle_is_closed_in_order()
    {
        Assert.Equal("The connection was idle for too long.", await WhileTimePassesAsync(Connection.ReceiveGoAwayAsync(StatusCode.Ok)));
    }

    [Fact]
    public async Task A_request_ends_when_its_time_is_over()
    {
        var endless = await Connection.OpenModelAsync("endless");
        await Connection.SendAsync(Frames.Infer(2, endless, new float[] { 1 }, timeoutMicroseconds: 2_000_000));

        // What is answered behind it says that all of it has arrived.
        await Connection.SendAsync(Frames.Ping(3));
        await Connection.ReceiveAsync(FrameKind.Pong);

        var error = await WhileTimePassesAsync(Connection.ReceiveErrorAsync(2, StatusCode.DeadlineExceeded));

        Assert.Equal("Model 'endless' version 1: the request's deadline passed before it was done.", error.Text);
    }

    [Fact]
    public async Task A_request_ends_when_its_time_is_over_amid_its_data()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        var frame = Frames.Infer(2, handle, new byte[2_000_000], timeoutMicroseconds: 100_000).Write();
        await Connection.SendAsync(frame.AsMemory(0, 1_000_000));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It has no memory.");
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await Connection.SendAsync(frame.AsMemory(1_000_000));

        Assert.Contains("before all of it had arrived", (await Connection.ReceiveErrorAsync(2, StatusCode.DeadlineExceeded)).Text, StringComparison.Ordinal);
        await Connection.SendAsync(Frames.Ping(3));
        await Connection.ReceiveAsync(FrameKind.Pong);
    }

    [Fact]
    public async Task A_wait_for_memory_ends_with_the_requests_time_and_the_connection_goes_on()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        using (Server.Hoard())
        {
            // Not awaited yet: meanwhile the server reads no further.
            var sending = Connection.SendAsync(Frames.Infer(2, handle, new byte[6 << 20], timeoutMicroseconds: 3_000_000));

            var error = await WhileTimePassesAsync(Connection.ReceiveErrorAsync(2, StatusCode.DeadlineExceeded));
            Assert.Equal(FrameFlags.NotBegun, error.Flags);
            await sending;
        }

        await Connection.SendAsync(Frames.Infer(3, handle, new byte[] { 1 }));
        await Connection.ReceiveAsync(FrameKind.Result);
    }

    [Fact]
    public async Task A_wait_for_memory_ends_when_there_is_some()
    {
        var handle = await Connection.OpenModelAsync("sample_identity");
        Task sending;
        using (Server.Hoard())
        {
            sending = Connection.SendAsync(Frames.Infer(3, handle, new byte[6 << 20]));
            Assert.False(sending.IsCompleted);
        }

        await sending;

        Assert.Equal(3UL, (await Connection.ReceiveAsync(FrameKind.Result)).Id);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_disconnected()
    {
        using var connection = await FrameConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, Server.Port), receiveBufferByteSize: 4096);
        await connection.GreetAsync();
        var handle = await connection.OpenModelAsync("sample_identity");
        await connection.SendAsync(Frames.Infer(2, handle, new byte[3_900_000]));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");

        await WhileTimePassesAsync(BinaryTestServer.UntilAsync(() => Server.Server.Open == 0, static () => "It is still open."));
    }

    [Fact]
    public async Task Results_wait_for_credit_and_come_when_there_is_some()
    {
        using var connection = await Server.OpenAsync();
        await connection.GreetAsync(window: 1);
        var handle = await connection.OpenModelAsync("sample_identity");
        await connection.SendAsync(Frames.Infer(2, handle, new byte[872]));
        await connection.SendAsync(Frames.Infer(3, handle, new byte[872]));
        await connection.ReceiveAsync(FrameKind.Result);

        // The window was 1 and is 999 below it now: a pong passes, a result does not.
        await connection.SendAsync(Frames.Ping(4) with { Credit = 999 });
        await connection.ReceiveAsync(FrameKind.Pong);
        await connection.SendAsync(Frames.Ping(5));
        await connection.ReceiveAsync(FrameKind.Pong);
        await connection.SendAsync(Frames.Ping(6) with { Credit = 1 });

        Assert.Equal([FrameKind.Pong, FrameKind.Result], new[] { (await connection.ReceiveAsync())!.Kind, (await connection.ReceiveAsync())!.Kind }.Order().Reverse());
    }

    [Fact]
    public async Task A_client_that_gives_no_credit_for_long_is_disconnected()
    {
        using var connection = await Server.OpenAsync();
        await connection.GreetAsync(window: 0);
        var handle = await connection.OpenModelAsync("sample_identity");
        await connection.SendAsync(Frames.Infer(2, handle, new byte[872]));
        await BinaryTestServer.UntilAsync(() => Server.Engine.Memory.LeasedCount > 0, static () => "It does not run.");

        await WhileTimePassesAsync(BinaryTestServer.UntilAsync(() => Server.Server.Open == 0, static () => "It is still open."));
    }

    private async Task<T> WhileTimePassesAsync<T>(Task<T> task)
    {
        await WhileTimePassesAsync((Task)task);
        return await task;
    }

    // Whatever is watched over, the test's own connection is too: what ends it is what the test waits for.
    private async Task WhileTimePassesAsync(Task task)
    {
        await Server.Clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => task.IsCompleted);
        await task;
    }

    [Collection(ServerCollection.Name)]
    public sealed class OnKestrel(BinaryTestServer server) : TimeTests(server);

    [Collection(EpollCollection.Name)]
    public sealed class OnEpoll(EpollTestServer server) : TimeTests(server);
}
