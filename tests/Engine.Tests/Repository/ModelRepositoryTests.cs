using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Tests.Repository;

public sealed class ModelRepositoryTests : IDisposable
{
    private readonly RepositoryDirectory _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Models_are_listed_by_name_and_versions_by_number()
    {
        _repository.Version("b", "10").Version("b", "9").Version("a", "0");

        var models = _repository.Scan();

        Assert.Equal(["a", "b"], models.Select(static model => model.Name));
        Assert.Equal([9, 10], models[1].Versions.Select(static version => version.Number));
        Assert.Equal(Path.Combine(_repository.Root, "b", "10"), models[1].Versions[1].Path);
        Assert.All(models, static model => Assert.Null(model.Error));
    }

    [Fact]
    public void A_model_without_a_file_has_the_default_configuration()
    {
        var model = _repository.Version("a", "1").Find("a");

        Assert.Same(ModelConfiguration.Default, model.Configuration);
        Assert.Empty(model.Warnings);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("v1")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public void A_directory_that_is_no_version_is_skipped_with_a_warning(string name)
    {
        var model = _repository.Version("a", "1").Version("a", name).Find("a");

        Assert.Equal([1], model.Versions.Select(static version => version.Number));
        Assert.Contains($"'{name}'", Assert.Single(model.Warnings), StringComparison.Ordinal);
        Assert.Null(model.Error);
    }

    [Theory]
    [InlineData("warmup")]
    [InlineData("initial_state")]
    [InlineData("configs")]
    [InlineData(".cache")]
    public void Directories_that_the_layout_knows_are_skipped_silently(string name)
    {
        var model = _repository.Version("a", "1").Version("a", name).Find("a");

        Assert.Single(model.Versions);
        Assert.Empty(model.Warnings);
    }

    [Fact]
    public void Hidden_directories_and_plain_files_are_no_models()
    {
        _repository.Version(".git", "1").File("README.md", "").Version("a", "1");

        Assert.Equal("a", Assert.Single(_repository.Scan()).Name);
        Assert.Null(new ModelRepository([_repository.Root]).Find(".git"));
    }

    [Fact]
    public void A_model_without_a_version_says_so()
    {
        var model = _repository.File("a/notes.txt", "").Find("a");

        Assert.Contains("holds no version", model.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_two_roots_is_served_from_neither()
    {
        using var other = new RepositoryDirectory();
        other.Version("a", "1").Version("b", "1");
        _repository.Version("a", "1");
        var repository = new ModelRepository([_repository.Root, other.Root]);

        var models = repository.Scan();

        Assert.Equal(["a", "b"], models.Select(static model => model.Name));
        Assert.Contains(_repository.Root, models[0].Error, StringComparison.Ordinal);
        Assert.Contains(other.Root, models[0].Error, StringComparison.Ordinal);
        Assert.Equal(models[0].Error, repository.Find("a")!.Error);
        Assert.Null(models[1].Error);
    }

    [Fact]
    public void One_root_given_twice_is_one_root()
    {
        _repository.Version("a", "1");

        var repository = new ModelRepository([_repository.Root, Path.Combine(_repository.Root, "a", "..")]);

        Assert.Null(Assert.Single(repository.Scan()).Error);
    }

    [Fact]
    public void A_root_that_does_not_exist_is_named_and_the_others_are_read()
    {
        _repository.Version("a", "1");
        var missing = Path.Combine(_repository.Root, "nowhere");
        var repository = new ModelRepository([missing, _repository.Root]);

        Assert.Equal($"The model directory '{missing}' does not exist.", Assert.Single(repository.FindFaults()));
        Assert.Single(repository.Scan());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/1")]
    [InlineData("../a")]
    [InlineData("a\\1")]
    [InlineData("a\0")]
    [InlineData("A")]
    public void A_name_that_is_no_models_is_not_found(string name)
    {
        _repository.Version("a", "1");

        Assert.Null(new ModelRepository([_repository.Root]).Find(name));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u200bb")]
    [InlineData("a\\b")]
    public void A_directory_whose_name_cannot_be_a_models_is_listed_with_the_reason(string name)
    {
        _repository.Version(name, "1");

        Assert.Contains("printable", Assert.Single(_repository.Scan()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_too_long_is_listed_with_the_limit()
    {
        _repository.Version(new string('a', 129), "1").Version(new string('b', 128), "1");

        var models = _repository.Scan();

        Assert.Contains("1 to 128 characters, this one 129", models[0].Error, StringComparison.Ordinal);
        Assert.Null(models[1].Error);
    }

    [Fact]
    public void Tritons_configuration_alone_gives_a_warning_and_is_not_read()
    {
        var model = _repository.Version("a", "1").File("a/config.pbtxt", "backend: \"nothing\"").Find("a");

        Assert.Null(model.Error);
        Assert.Null(model.Configuration.Backend);
        Assert.Contains("config.pbtxt is not read", Assert.Single(model.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Listed_versions_that_are_missing_give_a_warning()
    {
        var model = _repository.Version("a", "1").File("a/model.yaml", "version_policy: { specific: [1, 7] }").Find("a");

        Assert.Null(model.Error);
        Assert.Contains("asks for version 7, which is not there; there is 1", Assert.Single(model.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_leaves_no_version_is_an_error()
    {
        var model = _repository.Version("a", "1").Version("a", "2").File("a/model.yaml", "version_policy: { specific: [7] }").Find("a");

        Assert.Contains("asks for version 7, which is not there; there is 1, 2", model.Error, StringComparison.Ordinal);
    }
}
