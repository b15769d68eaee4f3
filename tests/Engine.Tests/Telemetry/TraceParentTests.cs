using Camshaft.Engine.Telemetry;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class TraceParentTests
{
    private const string Text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_trace_parent_is_read()
    {
        Assert.True(TraceParent.TryParse(Text, out var parent));
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true), (parent.TraceIdText, parent.SpanIdText, parent.IsSampled));
    }

    [Fact]
    public void The_binary_form_means_the_same()
    {
        Assert.True(TraceParent.TryParse(Text, out var fromText));
        Assert.True(TraceParent.TryRead(Convert.FromHexString(Text.Replace("-", "", StringComparison.Ordinal)), out var fromBytes));
        Assert.Equal(fromText, fromBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01")]
    public void What_is_none_is_taken_for_absent(string text)
    {
        Assert.False(TraceParent.TryParse(text, out var parent));
        Assert.False(parent.Exists);
    }

    [Fact]
    public void Of_a_later_version_the_known_part_is_read() =>
        Assert.True(TraceParent.TryParse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more", out var parent) && !parent.IsSampled);
}
