using System.Buffers;
using System.Text;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Http.Infer;

namespace Camshaft.Transport.Http.Tests.Infer;

public sealed class InferHeadReaderTests
{
    private const int DepthLimit = 128;

    private const string Request = """
        {"id":"a\u00e9","parameters":{"binary_data_output":true,"timeout":1500,"priority":2,"note":"x","ratio":1.5},
         "inputs":[
           {"data":[[1,2],[3,4]],"shape":[2,2],"datatype":"INT32","name":"left"},
           {"name":"right","shape":[2,2],"datatype":"FP16","parameters":{"binary_data_size":8}}],
         "outputs":[{"name":"sum","parameters":{"binary_data":false}},{"name":"rest","parameters":{"binary_data":true}}],
         "model_name":"extra"}
        """;

    [Fact]
    public void Members_may_come_in_any_order_and_extras_are_skipped()
    {
        var head = Read(Segments.Whole(Request));

        Assert.Equal("aé", head.Describe(head.Id));
        Assert.True(head.BinaryOutput);
        Assert.Equal((1500UL, 2UL), (head.TimeoutMicroseconds, head.Priority));
        Assert.Equal("left", head.Describe(head.Inputs[0].Name));
        Assert.Equal(new Shape(2, 2), head.Inputs[0].Shape);
        Assert.Equal(DataType.Float16, head.Inputs[1].DataType);
        Assert.Equal(8, head.Inputs[1].BinaryByteSize);
        Assert.Equal([false, true], head.Outputs.ToArray().Select(output => output.IsBinary));
    }

    [Fact]
    public void The_place_of_the_data_is_noted()
    {
        var head = Read(Segments.Whole(Request));

        Assert.StartsWith("[[1,2],[3,4]]", Encoding.UTF8.GetString(Segments.Whole(Request).Slice(head.Inputs[0].DataStart).ToArray()), StringComparison.Ordinal);
        Assert.Equal(-1, head.Inputs[1].DataStart);
    }

    [Fact]
    public void A_cut_anywhere_between_two_blocks_changes_nothing()
    {
        for (var at = 1; at < Encoding.UTF8.GetByteCount(Request); at++)
        {
            var head = Read(Segments.Cut(Request, at));
            Assert.Equal("aé", head.Describe(head.Id));
            Assert.Equal("right", head.Describe(head.Inputs[1].Name));
            Assert.Equal(2, head.OutputCount);
        }
    }

    [Fact]
    public void Every_truncation_is_refused_and_nothing_else_happens()
    {
        var bytes = Encoding.UTF8.GetBytes(Request);
        for (var length = 0; length < bytes.Length; length++)
        {
            var exception = Record.Exception(() => Read(new ReadOnlySequence<byte>(bytes, 0, length)));
            Assert.True(exception is JsonException or InvalidRequestException, $"{length} bytes: {exception}");
        }
    }

    [Fact]
    public void A_reader_leaves_no_garbage_once_warm()
    {
        var json = Segments.Whole(Request);
        var head = new InferHead();
        AllocationAssert.NoneWhenWarm(() =>
        {
            head.Clear();
            new InferHeadReader(json, head, DepthLimit).Read();
        });
    }

    [Theory]
    [InlineData("[]", "The request is an array; expected an object.")]
    [InlineData("{}", "The request has no 'inputs'.")]
    [InlineData("""{"inputs":{}}""", "'inputs' is an object; expected an array.")]
    [InlineData("""{"inputs":[3]}""", "An element of 'inputs' is 3; expected an object.")]
    [InlineData("""{"id":7,"inputs":[]}""", "'id' is 7; expected a string.")]
    [InlineData("""{"inputs":[],"inputs":[]}""", "The member 'inputs' is given twice in one object.")]
    [InlineData("""{"inputs":[{"shape":[1],"datatype":"FP32","data":[1]}]}""", "An input has no 'name'.")]
    [InlineData("""{"inputs":[{"name":"a","datatype":"FP32","data":[1]}]}""", "Input 'a' has no 'shape'.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"data":[1]}]}""", "Input 'a' has no 'datatype'.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"FP32"}]}""", "Input 'a' needs either 'data' or the parameter 'binary_data_size'; it has neither.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4}}]}""", "Input 'a' needs either 'data' or the parameter 'binary_data_size'; it has both.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[-1]}]}""", "Input 'a' has a dimension -1; expected a whole number of 0 or more.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1.0]}]}""", "Input 'a' has a dimension 1.0; expected a whole number of 0 or more.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1e2]}]}""", "Input 'a' has a dimension 1e2; expected a whole number of 0 or more.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[99999999999999999999]}]}""", "Input 'a' has a dimension 99999999999999999999; expected a whole number of 0 or more.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1,1,1,1,1,1,1,1,1]}]}""", "Input 'a' has more than 8 dimensions.")]
    [InlineData("""{"inputs":[{"name":"a","shape":[1],"datatype":"FLOAT","data":[1]}]}""", "Input 'a' has the unknown datatype \"FLOAT\"; expected one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES, BF16.")]
    [InlineData("""{"inputs":[{"name":"a","data":1}]}""", "An input's 'data' is 1; expected an array.")]
    [InlineData("""{"inputs":[{"name":"a","parameters":{"binary_data_size":-4}}]}""", "The parameter 'binary_data_size' is -4; expected a number of bytes.")]
    [InlineData("""{"inputs":[],"parameters":{"priority":-1}}""", "The parameter 'priority' is -1; expected a whole number of 0 or more.")]
    [InlineData("""{"inputs":[],"parameters":{"custom":[1]}}""", "A request parameter is an array; expected a string, a number, true or false.")]
    [InlineData("""{"inputs":[],"outputs":[{}]}""", "An output has no 'name'.")]
    [InlineData("""{"inputs":[],"outputs":[{"name":"a","parameters":{"binary_data":1}}]}""", "The parameter 'binary_data' is 1; expected true or false.")]
    public void What_has_not_the_form_of_a_request_is_told_so(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidRequestException>(() => Read(Segments.Whole(json))).Message);

    [Theory]
    [InlineData("""{"inputs":[],"parameters":{"sequence_id":5}}""", "sequence_id")]
    [InlineData("""{"inputs":[{"parameters":{"shared_memory_region":"r"}}]}""", "shared_memory_region")]
    [InlineData("""{"inputs":[],"outputs":[{"parameters":{"classification":3}}]}""", "classification")]
    public void What_is_not_offered_is_unsupported(string json, string parameter)
    {
        var status = Assert.Throws<InvalidRequestException>(() => Read(Segments.Whole(json))).Status;

        Assert.Equal(StatusCode.Unsupported, status.Code);
        Assert.Contains(parameter, status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{]")]
    [InlineData("""{"inputs":[]} x""")]
    [InlineData("""{"inputs":[NaN]}""")]
    [InlineData("""{"inputs":[],}""")]
    public void What_is_no_JSON_is_told_so(string json) => Assert.ThrowsAny<JsonException>(() => Read(Segments.Whole(json)));

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.ThrowsAny<JsonException>(() => Read(Segments.Whole("{\"inputs\":[{\"data\":" + new string('[', 100_000))));

    [Fact]
    public void A_name_that_is_not_UTF_8_is_refused()
    {
        byte[] json = [.. "{\"id\":\""u8, 0xC3, 0x28, .. "\",\"inputs\":[]}"u8];

        Assert.Contains("UTF-8", Assert.Throws<InvalidRequestException>(() => Read(new ReadOnlySequence<byte>(json))).Message, StringComparison.Ordinal);
    }

    private static InferHead Read(ReadOnlySequence<byte> json)
    {
        var head = new InferHead();
        new InferHeadReader(json, head, DepthLimit).Read();
        return head;
    }
}
