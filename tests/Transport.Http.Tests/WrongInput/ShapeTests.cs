using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class ShapeTests(HttpServer server) : WrongInputTest(server)
{
    private const string Model = "Model 'identity_fp32' version 1: input 'INPUT0' has shape";

    [Theory]
    [InlineData("[]", "[]", "[-1,-1]")]
    [InlineData("[4]", "[4]", "[-1,-1]")]
    [InlineData("[1,2,2]", "[1,2,2]", "[-1,-1]")]
    public async Task A_wrong_rank_is_refused_with_what_was_expected(string shape, string actual, string expected) =>
        await AssertRefusedAsync(Request(shape), HttpStatusCode.BadRequest, $"{Model} {actual}; expected {expected}.");

    [Theory]
    [InlineData("[-1,4]", "-1")]
    [InlineData("[4,-9223372036854775808]", "-9223372036854775808")]
    [InlineData("[9223372036854775808,1]", "9223372036854775808")]
    [InlineData("[1,18446744073709551617]", "18446744073709551617")]
    [InlineData("[1e0,4]", "1e0")]
    [InlineData("[4.0,1]", "4.0")]
    [InlineData("[null,4]", "null")]
    [InlineData("[[1],4]", "an array")]
    public async Task What_is_no_length_is_refused_and_shown(string shape, string dimension) =>
        await AssertRefusedAsync(Request(shape), HttpStatusCode.BadRequest, $"Model 'identity_fp32': Input 'INPUT0' has a dimension {dimension}; expected a whole number of 0 or more.");

    [Theory]
    [InlineData("[9223372036854775807,9223372036854775807]", "more elements than can be counted")]
    [InlineData("[4294967296,4294967296]", "more elements than can be counted")]
    [InlineData("[3037000500,3037000500]", "more elements than can be counted")]
    [InlineData("[9223372036854775807,1]", "at most 2147483647 bytes")]
    [InlineData("[65536,65536]", "at most 2147483647 bytes")]
    public async Task A_product_that_overflows_or_is_too_large_is_refused_before_memory_is_taken(string shape, string reason)
    {
        await AssertRefusedAsync(Request(shape), HttpStatusCode.BadRequest, $"{Model} {shape}", reason);
        await AssertRefusedAsync(Post(InferPath("identity_fp32"), Json(shape, "\"parameters\":{\"binary_data_size\":16}"), new byte[16]), HttpStatusCode.BadRequest, $"{Model} {shape}", reason);
    }

    [Theory]
    [InlineData("[2,4]", "4 elements; expected 8 for shape [2,4]")]
    [InlineData("[1,3]", "more than 3 elements; expected 3 for shape [1,3]")]
    [InlineData("[9223372036854775807,0]", "more than 0 elements; expected 0")]
    [InlineData("[1,20000000]", "20000000 elements")]
    public async Task A_count_that_disagrees_with_the_data_is_refused(string shape, string message) =>
        await AssertRefusedAsync(Request(shape), HttpStatusCode.BadRequest, "Model 'identity_fp32'", "nput 'INPUT0'", message);

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(64)]
    public async Task A_byte_size_that_disagrees_with_the_shape_is_refused(int byteSize) => await AssertRefusedAsync(
        Post(InferPath("identity_fp32"), Json("[2,2]", $$"""
            "parameters":{"binary_data_size":{{byteSize}} }
            """), new byte[byteSize]),
        HttpStatusCode.BadRequest,
        $"Model 'identity_fp32' version 1: input 'INPUT0' has {byteSize} bytes; expected 16 for FP32 [2,2].");

    [Fact]
    public async Task A_wrong_datatype_is_refused_with_what_was_expected() => await AssertRefusedAsync(
        Post(InferPath(DataType.Int32), """{"inputs":[{"name":"x","datatype":"INT64","shape":[1],"data":[1]}]}"""),
        HttpStatusCode.BadRequest,
        "Model 'identity_INT32' version 1: input 'x' has datatype INT64; expected INT32.");

    private static byte[] Request(string shape) => Post(InferPath("identity_fp32"), Json(shape, "\"data\":[1,2,3,4]"));

    private static string Json(string shape, string data) => $$"""{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":{{shape}},{{data}}}]}""";
}
