using Camshaft.Transport.Hosting;

namespace Camshaft.Samples.Embedded;

/// <summary><c>POST /digits</c>: an image as its grey levels, one byte a pixel; answers the digit as JSON.</summary>
internal static class DigitEndpoint
{
    public static async Task<IResult> HandleAsync(HttpRequest request, DigitClassifier classifier, CancellationToken cancellationToken)
    {
        if (request.ContentLength != DigitClassifier.PixelCount)
        {
            return Results.Problem($"The body has {request.ContentLength?.ToString() ?? "an unknown number of"} bytes; expected {DigitClassifier.PixelCount}, 28 rows of 28 grey levels.", statusCode: StatusCodes.Status400BadRequest);
        }

        var levels = new byte[DigitClassifier.PixelCount];
        await request.Body.ReadExactlyAsync(levels, cancellationToken);
        var classification = await classifier.ClassifyAsync(levels, cancellationToken);
        return classification.Status.IsOk
            ? Results.Ok(new { classification.Digit, classification.Probability })
            : Results.Problem(classification.Status.Message, statusCode: StatusTable.ToHttp(classification.Status.Code));
    }
}
