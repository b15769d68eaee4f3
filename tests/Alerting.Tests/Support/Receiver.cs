using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Alerting.Tests.Support;

/// <summary>An endpoint over real sockets: keeps what it is sent, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _application;
    private readonly Channel<ReceivedMessage> _messages = Channel.CreateUnbounded<ReceivedMessage>();

    private Receiver(WebApplication application) => _application = application;

    /// <summary>How it answers.</summary>
    public RequestDelegate Answer { get; set; } = static _ => Task.CompletedTask;

    public Uri Url => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>How many messages came that no test has taken yet.</summary>
    public int Waiting => _messages.Reader.Count;

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver._application.Run(receiver.HandleAsync);
        await receiver._application.StartAsync();
        return receiver;
    }

    /// <summary>The next message, in the order in which they came.</summary>
    public async Task<ReceivedMessage> TakeAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _messages.Reader.ReadAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Those that hang are not waited for.
        using var hurry = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(hurry.Token);
        await _application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await _messages.Writer.WriteAsync(new ReceivedMessage(context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary()), body.ToArray()));
        await Answer(context);
    }
}
