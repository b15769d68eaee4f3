using System.Net;
using System.Net.Sockets;
using Camshaft.Alerting.Delivery;
using Camshaft.Alerting.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Alerting.Tests;

/// <summary>Endpoints that hang, refuse or lie cost nobody anything but their own messages.</summary>
public sealed class BadEndpointTests
{
    [Fact]
    public async Task A_message_is_tried_again_until_it_arrives_and_stays_the_same_message()
    {
        await using var receiver = await Receiver.StartAsync();
        var calls = 0;
        receiver.Answer = context =>
        {
            context.Response.StatusCode = ++calls < 3 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url) { Secret = new byte[24] });
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Sent == 1);

        var ids = new[] { await receiver.TakeAsync(), await receiver.TakeAsync(), await receiver.TakeAsync() }.Select(static message => (string)message.Headers["webhook-id"]!);
        Assert.Single(ids.Distinct());
        Assert.Null(route.Route.Status.LastError);
    }

    [Theory]
    [InlineData(StatusCodes.Status400BadRequest)]
    [InlineData(StatusCodes.Status401Unauthorized)]
    [InlineData(StatusCodes.Status307TemporaryRedirect)]
    public async Task A_message_that_is_refused_is_given_up_at_once(int httpStatus)
    {
        await using var elsewhere = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = httpStatus;
            context.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.CompletedTask;
        };
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url));
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Failed == 1);

        Assert.Equal((1, 0), (receiver.Waiting, elsewhere.Waiting));
        Assert.Contains(httpStatus.ToString(System.Globalization.CultureInfo.InvariantCulture), route.Route.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_holds_nobody_up_and_what_waits_for_it_is_bounded()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = static context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url));
        route.Publish(TestAlerts.Firing());
        await receiver.TakeAsync();

        // One is under way, 256 wait; the rest pushes the oldest out.
        for (var i = 0; i < 1000; i++)
        {
            route.Publish(TestAlerts.Firing());
        }

        Assert.Equal(1000 - 256, route.Route.Status.Dropped);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_is_given_up_after_the_timeout_of_every_attempt()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = static context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url), TimeSpan.FromSeconds(3));
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Failed == 1);
        receiver.Answer = static _ => Task.CompletedTask;
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Sent == 1, TimeSpan.Zero);

        Assert.True(receiver.Waiting > 2);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_tried_and_given_up()
    {
        // Nobody listens where somebody just did.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var route = new RouteHarness(new WebhookOptions("pager", new Uri($"http://127.0.0.1:{port}/")));
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.LastError is not null);
        await route.WaitAsync(static status => status.Failed == 1);

        Assert.Equal(0, route.Route.Status.Sent);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    public async Task An_endpoint_that_does_not_speak_HTTP_is_given_up(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync();
        await using var route = new RouteHarness(new WebhookOptions("pager", new Uri($"http://{listener.LocalEndpoint}/")), TimeSpan.FromSeconds(3));
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Failed == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);

        Assert.Equal(0, route.Route.Status.Sent);

        async Task AnswerAsync()
        {
            var clients = new List<TcpClient>();
            try
            {
                while (true)
                {
                    clients.Add(await listener.AcceptTcpClientAsync(stop.Token));
                    await clients[^1].GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting), stop.Token);
                }
            }
            finally
            {
                clients.ForEach(static client => client.Dispose());
            }
        }
    }

    [Fact]
    public async Task Of_an_answer_without_end_nothing_but_its_head_is_read()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = static async context =>
        {
            var junk = new byte[64 << 10];
            while (true)
            {
                await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            }
        };
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url));
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Sent == 1);
        route.Publish(TestAlerts.Firing());
        await route.WaitAsync(static status => status.Sent == 2);

        Assert.Equal(0, route.Route.Status.Failed);
    }

    [Fact]
    public async Task A_stop_sends_what_waits_and_does_not_wait_for_who_hangs()
    {
        await using var good = await Receiver.StartAsync();
        await using var bad = await Receiver.StartAsync();
        bad.Answer = static context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var clock = new FakeTimeProvider(TestAlerts.Start);
        using var first = CreateRoute(good.Url, clock);
        using var second = CreateRoute(bad.Url, clock);
        using var delivery = new AlertDelivery([first, second], clock);
        await ((IHostedService)delivery).StartAsync(CancellationToken.None);
        first.Publish([TestAlerts.Firing()], TestAlerts.Board());
        second.Publish([TestAlerts.Firing()], TestAlerts.Board());
        await bad.TakeAsync();
        var stopping = delivery.StopAsync(CancellationToken.None);
        await good.TakeAsync();
        Assert.False(stopping.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((0, 0), (second.Status.Sent, second.Status.Failed));
    }

    private static AlertRoute CreateRoute(Uri url, TimeProvider clock)
    {
        var options = new WebhookOptions("pager", url);
        return new AlertRoute(options, new WebhookFormat(options, null, clock), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }
}
