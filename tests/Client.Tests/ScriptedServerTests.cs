using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Tests;

/// <summary>What a client does when a server answers out of order, refuses, leaves, breaks off, or talks nonsense.</summary>
public sealed class ScriptedServerTests
{
    private static readonly InferenceInput Input = InferenceInput.Create("in", new byte[] { 1, 2, 3 });

    [Fact]
    public async Task Answers_in_any_order_reach_their_requests()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var first = model.InferAsync(InferenceInput.Create("in", new byte[] { 1 })).AsTask();
        var second = model.InferAsync(InferenceInput.Create("in", new byte[] { 2 })).AsTask();
        var infers = new[] { await connection.ReceiveAsync(FrameKind.Infer), await connection.ReceiveAsync(FrameKind.Infer) };

        await connection.AnswerAsync(infers[1]);
        await connection.AnswerAsync(infers[0]);

        Assert.Equal([1], (await first)[0].ToArray<byte>());
        Assert.Equal([2], (await second)[0].ToArray<byte>());
    }

    [Fact]
    public async Task What_is_sent_is_what_the_protocol_says()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, ApiKey = "secret", Agent = "tests/1" });
        var (model, connection) = await OpenAsync(server, client);

        var task = model.InferAsync(Input, new InferenceOptions { Priority = 2, Timeout = TimeSpan.FromSeconds(20), Tags = new Dictionary<string, string> { ["a"] = "b" }, Outputs = ["out"] }).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.AnswerAsync(infer);
        (await task).Dispose();

        Assert.Equal(["tests/1", "secret"], connection.Hello.Fields.Select(static field => System.Text.Encoding.UTF8.GetString(field.Value)));
        var head = Assert.IsType<InferHead>(infer.Own);
        Assert.Equal((7u, 1, 1, 2u), (head.Handle, head.InputCount, head.OutputCount, head.Priority));
        Assert.InRange(head.TimeoutMicroseconds, 1, 20_000_000);
        Assert.Contains(infer.Fields, static field => field.Number == FieldNumber.Tag && field.Value.AsSpan().SequenceEqual("a=b"u8));
    }

    [Fact]
    public async Task A_server_that_is_killed_fails_its_requests_and_is_connected_to_again()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var lost = model.InferAsync(Input).AsTask();
        await connection.ReceiveAsync(FrameKind.Infer);

        connection.Reset();
        var exception = await Assert.ThrowsAsync<InferenceException>(() => lost);

        Assert.Equal((StatusCode.Unavailable, false), (exception.Code, exception.NotBegun));
        Assert.Contains($"The connection to {server.Address} was lost", exception.Message, StringComparison.Ordinal);
        await AssertServesAsync(model, await server.AcceptAsync());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_within_the_deadline()
    {
        var server = new ScriptedServer();
        server.Dispose();
        await using var client = new CamshaftClient(server.Address);

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await client.OpenModelAsync("model"));

        Assert.Equal(StatusCode.Unavailable, exception.Code);
        Assert.Contains($"{server.Address} cannot be reached", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_costs_the_deadline_and_no_more()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);

        var task = model.InferAsync(Input, new InferenceOptions { Timeout = TimeSpan.FromMilliseconds(50) }).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        var exception = await Assert.ThrowsAsync<InferenceException>(() => task);

        Assert.Equal(StatusCode.DeadlineExceeded, exception.Code);
        Assert.Equal(infer.Id, (await connection.ReceiveAsync(FrameKind.Cancel)).Id);

        // The answer that comes all the same is nobody's, and the connection goes on.
        await connection.AnswerAsync(infer);
        var next = model.InferAsync(Input).AsTask();
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        (await next).Dispose();
    }

    [Fact]
    public async Task A_request_that_was_cancelled_before_is_not_sent()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await model.InferAsync(Input, cancellationToken: new CancellationToken(canceled: true)));

        await AssertAnswersAsync(model, connection);
    }

    [Fact]
    public async Task A_caller_that_cancels_a_request_in_search_of_a_connection_does_not_run_what_awaits_it()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, leaving) = await OpenAsync(server, client);
        await leaving.SendGoAwayAsync(StatusCode.Ok);
        var next = await server.AcceptAsync();
        using var cancellation = new CancellationTokenSource();
        using var isCancelling = new ThreadLocal<bool>();
        var ranInCancel = model.InferAsync(Input, cancellationToken: cancellation.Token).AsTask()
            .ContinueWith(_ => isCancelling.Value, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await next.ReceiveAsync(FrameKind.Open);

        isCancelling.Value = true;
        cancellation.Cancel();
        isCancelling.Value = false;

        Assert.False(await ranInCancel);
    }

    [Fact]
    public async Task A_server_that_leaves_answers_what_it_has_and_the_next_request_goes_elsewhere()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, leaving) = await OpenAsync(server, client);
        var before = model.InferAsync(Input).AsTask();
        var infer = await leaving.ReceiveAsync(FrameKind.Infer);

        await leaving.SendGoAwayAsync(StatusCode.Ok);
        var next = await server.AcceptAsync();
        await AssertServesAsync(model, next);
        await leaving.AnswerAsync(infer);

        Assert.Equal([1, 2, 3], (await before)[0].ToArray<byte>());
    }

    [Fact]
    public async Task A_request_after_a_go_away_does_not_even_try_the_server_that_leaves()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, MaxAttempts = 1 });
        var (model, leaving) = await OpenAsync(server, client);

        // The pong tells that what came before the ping was seen.
        await leaving.SendGoAwayAsync(StatusCode.Ok);
        await leaving.SendAsync(new(FrameKind.Ping, 9));
        await leaving.ReceiveAsync(FrameKind.Pong);
        var task = model.InferAsync(Input).AsTask();
        var next = await server.AcceptAsync();
        await next.OpenAsync();
        await next.AnswerAsync(await next.ReceiveAsync(FrameKind.Infer));

        (await task).Dispose();
    }

    [Fact]
    public async Task What_a_leaving_server_has_not_begun_is_sent_elsewhere()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, leaving) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();
        var infer = await leaving.ReceiveAsync(FrameKind.Infer);

        await leaving.SendGoAwayAsync(StatusCode.Ok);
        await leaving.RefuseAsync(infer.Id, StatusCode.Unavailable, FrameFlags.NotBegun);
        var next = await server.AcceptAsync();
        await next.OpenAsync(handle: 3);
        var again = await next.ReceiveAsync(FrameKind.Infer);
        await next.AnswerAsync(again);

        Assert.Equal(3u, ((InferHead)again.Own!).Handle);
        Assert.Equal([1, 2, 3], (await task)[0].ToArray<byte>());
    }

    [Fact]
    public async Task Unavailable_with_a_time_is_tried_again_and_what_may_have_run_is_not()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();
        await connection.RefuseAsync((await connection.ReceiveAsync(FrameKind.Infer)).Id, StatusCode.Unavailable, FrameFlags.None, TimeSpan.FromMilliseconds(1));
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        (await task).Dispose();

        foreach (var code in new[] { StatusCode.Internal, StatusCode.Unavailable, StatusCode.ResourceExhausted })
        {
            task = model.InferAsync(Input).AsTask();
            await connection.RefuseAsync((await connection.ReceiveAsync(FrameKind.Infer)).Id, code, FrameFlags.None);
            Assert.Equal(code, (await Assert.ThrowsAsync<InferenceException>(() => task)).Code);
        }
    }

    [Fact]
    public async Task Retries_end_with_the_attempts_that_are_allowed()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, MaxAttempts = 2 });
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await connection.RefuseAsync((await connection.ReceiveAsync(FrameKind.Infer)).Id, StatusCode.Unavailable, FrameFlags.NotBegun);
        }

        var exception = await Assert.ThrowsAsync<InferenceException>(() => task);
        Assert.Equal((StatusCode.Unavailable, true), (exception.Code, exception.NotBegun));
        await AssertAnswersAsync(model, connection);
    }

    [Fact]
    public async Task A_retry_that_would_come_too_late_is_not_waited_for()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();

        await connection.RefuseAsync((await connection.ReceiveAsync(FrameKind.Infer)).Id, StatusCode.Unavailable, FrameFlags.None, TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.FromHours(1), (await Assert.ThrowsAsync<InferenceException>(() => task)).Status.RetryAfter);
    }

    [Fact]
    public async Task A_handle_that_does_not_fit_any_more_is_opened_again()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();

        await connection.RefuseAsync((await connection.ReceiveAsync(FrameKind.Infer)).Id, StatusCode.Unavailable, FrameFlags.NotBegun | FrameFlags.OpenAgain);
        Assert.Equal(new TargetHead(7), (await connection.ReceiveAsync(FrameKind.Close)).Own);
        await connection.OpenAsync(handle: 8);
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.AnswerAsync(infer);

        Assert.Equal(8u, ((InferHead)infer.Own!).Handle);
        (await task).Dispose();
    }

    [Fact]
    public async Task Requests_wait_for_the_places_that_the_server_has()
    {
        using var server = new ScriptedServer(requestLimit: 2);
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var first = model.InferAsync(Input).AsTask();
        var second = model.InferAsync(Input).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.SendAsync(new(FrameKind.Ping, 9));
        Assert.Equal(9u, (await connection.ReceiveAsync(FrameKind.Pong)).Id);

        await connection.AnswerAsync(infer);
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));

        (await first).Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Requests_wait_for_credit()
    {
        using var server = new ScriptedServer(window: 1);
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var first = model.InferAsync(Input).AsTask();
        var second = model.InferAsync(Input).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.SendAsync(new(FrameKind.Ping, 9));
        await connection.ReceiveAsync(FrameKind.Pong);

        await connection.SendAsync(new(FrameKind.Credit, 0) { Credit = infer.Write().Length });
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        await connection.AnswerAsync(infer);

        (await first).Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task One_more_than_may_wait_is_refused()
    {
        using var server = new ScriptedServer(requestLimit: 2);
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, QueueLimit = 1, MaxAttempts = 1 });
        var (model, connection) = await OpenAsync(server, client);
        var first = model.InferAsync(Input).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        var waiting = model.InferAsync(Input).AsTask();

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(Input));

        Assert.Equal((StatusCode.ResourceExhausted, true), (exception.Code, exception.NotBegun));
        await connection.AnswerAsync(infer);
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        (await first).Dispose();
        (await waiting).Dispose();
    }

    [Theory]
    [InlineData(FrameKind.Result)]
    [InlineData(FrameKind.Infer)]
    [InlineData(FrameKind.Done)]
    public async Task Nonsense_ends_the_connection_and_the_next_one_works(FrameKind kind)
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();
        await connection.ReceiveAsync(FrameKind.Infer);

        // Answers to requests that were never made, and a frame that only clients send.
        await connection.SendAsync(new(kind, 99) { Own = kind == FrameKind.Result ? new ResultHead(0, 0, 0, 1) : kind == FrameKind.Infer ? new InferHead(0, 0, 0, 0, 0, 0) : null });

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<InferenceException>(() => task)).Code);
        await AssertServesAsync(model, await server.AcceptAsync());
    }

    [Fact]
    public async Task A_client_that_is_disposed_ends_its_requests_and_says_goodbye()
    {
        using var server = new ScriptedServer();
        var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();
        await connection.ReceiveAsync(FrameKind.Infer);

        await client.DisposeAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<InferenceException>(() => task)).Code);
        await connection.ReceiveAsync(FrameKind.GoAway);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_told()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        var (model, connection) = await OpenAsync(server, client);
        var task = model.InferAsync(Input).AsTask();
        await connection.ReceiveAsync(FrameKind.Infer);

        await connection.SendGoAwayAsync(StatusCode.Unauthenticated);

        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<InferenceException>(() => task)).Code);
    }

    private static async Task<(IInferenceModel Model, ScriptedConnection Connection)> OpenAsync(ScriptedServer server, CamshaftClient client)
    {
        var open = client.OpenModelAsync("model").AsTask();
        var connection = await server.AcceptAsync();
        await connection.OpenAsync(handle: 7);
        return (await open, connection);
    }

    /// <summary>Has a request come over a new connection, which opens the model first.</summary>
    private static async Task AssertServesAsync(IInferenceModel model, ScriptedConnection connection)
    {
        var task = model.InferAsync(Input).AsTask();
        await connection.OpenAsync();
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        Assert.Equal([1, 2, 3], (await task)[0].ToArray<byte>());
    }

    private static async Task AssertAnswersAsync(IInferenceModel model, ScriptedConnection connection)
    {
        var task = model.InferAsync(Input).AsTask();
        await connection.AnswerAsync(await connection.ReceiveAsync(FrameKind.Infer));
        Assert.Equal([1, 2, 3], (await task)[0].ToArray<byte>());
    }
}
