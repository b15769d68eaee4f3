using Camshaft.Engine.Repository;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Repository;

public sealed class SymbolicLinkTests : IDisposable
{
    private readonly RepositoryDirectory _repository = new();
    private readonly TempDirectory _outside = new();

    public void Dispose()
    {
        _repository.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void A_file_that_is_a_link_out_of_the_root_is_refused()
    {
        var secret = _outside.Write("secret", [1]);
        var model = _repository.Version("a", "1").Link("a/1/weights", secret).Find("a");

        Assert.Contains($"is a link to '{secret}', which lies outside", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warm_up_sample_that_is_a_link_out_of_the_root_is_refused()
    {
        var model = _repository.Version("a", "1").File("a/warmup/other", "").Link("a/warmup/x.bin", _outside.Write("secret", [1])).Find("a");

        Assert.Contains("lies outside", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_is_a_link_out_of_the_root_is_not_read()
    {
        var model = _repository.Version("a", "1").Link("a/model.yaml", _outside.Write("secret", "password"u8)).Find("a");

        Assert.Contains("lies outside", model.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("password", model.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/2")]
    [InlineData("b")]
    public void A_directory_that_is_a_link_out_of_the_root_is_refused(string link)
    {
        _outside.Write("1/model.onnx", [1]);
        var model = _repository.Version("a", "1").DirectoryLink(link, _outside.FullPath).Find(link[..1]);

        Assert.Contains("lies outside", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_out_of_the_root_by_way_of_another_link_is_refused()
    {
        _outside.Write("1/model.onnx", [1]);
        _repository.Version("a", "1").DirectoryLink(".way", _outside.FullPath);

        var model = _repository.Link("a/1/weights", "../../.way/1/model.onnx").Find("a");

        Assert.Contains("lies outside", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_within_the_root_is_followed()
    {
        var model = _repository.Version("a", "1").DirectoryLink("a/2", "1").Link("a/1/weights", "../1/model.onnx").Find("a");

        Assert.Null(model.Error);
        Assert.Equal([1, 2], model.Versions.Select(static version => version.Number));
    }

    [Fact]
    public void A_root_that_is_a_link_itself_is_served()
    {
        _repository.Version("a", "1");
        var link = Path.Combine(_outside.FullPath, "root");
        Directory.CreateSymbolicLink(link, _repository.Root);

        Assert.Null(Assert.Single(new ModelRepository([link]).Scan()).Error);
    }

    [Fact]
    public void A_directory_that_holds_itself_through_a_link_is_refused()
    {
        var model = _repository.Version("a", "1").DirectoryLink("a/1/again", "..").Find("a");

        Assert.Contains("holds the link itself", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_refused()
    {
        var model = _repository.Version("a", "1").Link("a/x", "y").Link("a/y", "x").Find("a");

        Assert.Contains("circle", model.Error, StringComparison.Ordinal);
    }
}
