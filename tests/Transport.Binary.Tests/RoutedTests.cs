using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>Opens by alias and by rule.</summary>
public sealed class RoutedTests(RoutedServer server) : ServerTest(server), IClassFixture<RoutedServer>
{
    [Fact]
    public async Task An_alias_opens_what_it_stands_for()
    {
        await Connection.SendAsync(Frames.Open(1, "two@stable"));

        Assert.Equal(1, ((OpenedHead)(await Connection.ReceiveAsync(FrameKind.Opened)).Own!).Version);
    }

    [Fact]
    public async Task A_handle_follows_its_alias_when_that_switches()
    {
        Assert.True(Server.Engine.Router.SetAlias("live", "two@1").IsOk);
        var handle = await Connection.OpenModelAsync("live");
        Assert.Equal(1, await InferAsync(handle, 2));

        Assert.True(Server.Engine.Router.SetAlias("live", "two@2").IsOk);

        Assert.Equal(2, await InferAsync(handle, 3));
    }

    [Fact]
    public async Task A_handle_whose_alias_switches_to_another_signature_is_to_be_opened_again()
    {
        Assert.True(Server.Engine.Router.SetAlias("changing", "two@1").IsOk);
        var handle = await Connection.OpenModelAsync("changing");
        Assert.True(Server.Engine.Router.SetAlias("changing", "floats").IsOk);

        await Connection.SendAsync(Frames.Infer(2, handle, new byte[] { 1, 2, 3 }));

        Assert.Contains("open it again", (await Connection.ReceiveErrorAsync(2, StatusCode.Unavailable)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_without_a_name_finds_its_model_by_its_tags()
    {
        var handle = await OpenByTagsAsync("team=vision");

        Assert.Equal(2, await InferAsync(handle, 2));
    }

    [Fact]
    public async Task Opens_and_infers_go_to_the_fallback_while_the_rules_target_takes_none()
    {
        var handle = await OpenByTagsAsync("team=lost");

        Assert.Equal(1, await InferAsync(handle, 2));
    }

    [Theory]
    [InlineData("team=audio", "no rule takes the request")]
    [InlineData(null, "no rule takes the request")]
    public async Task An_open_that_no_rule_takes_is_told_so(string? tag, string message)
    {
        await Connection.SendAsync(OpenBy(tag));

        Assert.Contains(message, (await Connection.ReceiveErrorAsync(1, StatusCode.NotFound)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_an_alias_is_refused()
    {
        await Connection.SendAsync(Frames.Open(1, "two@stable", version: 2));

        Assert.Contains("stands for a version by itself", (await Connection.ReceiveErrorAsync(1, StatusCode.InvalidArgument)).Text, StringComparison.Ordinal);
    }

    private async Task<uint> OpenByTagsAsync(string tag)
    {
        await Connection.SendAsync(OpenBy(tag));
        return ((OpenedHead)(await Connection.ReceiveAsync(FrameKind.Opened)).Own!).Handle;
    }

    private async Task<long> InferAsync(uint handle, ulong id)
    {
        await Connection.SendAsync(Frames.Infer(id, handle, new byte[] { 1, 2, 3 }));
        var result = await Connection.ReceiveAsync(FrameKind.Result);
        Assert.Equal([1, 2, 3], result.Data.Single());
        return ((ResultHead)result.Own!).Version;
    }

    private static FrameImage OpenBy(string? tag) => new(FrameKind.Open, 1)
    {
        Own = new OpenHead(OpenHead.HighestReady, 0),
        Text = "",
        Fields = tag is null ? [] : [new FieldImage(FieldNumber.Tag, Encoding.UTF8.GetBytes(tag))],
    };
}
